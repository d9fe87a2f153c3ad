import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, headAfter, headerRecord, link, verifyChain, type Head } from '../../src/audit/chain.js';

function chainOf(records: readonly string[]): { lines: string[]; head: Head } {
  let head = emptyHead;
  const lines = [];
  for (const record of records) {
    const next = link(head, record);
    lines.push(next.line);
    head = next.head;
  }
  return { lines, head };
}

const header = headerRecord('desk', '2026-01-02', undefined);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `{"id":"r${i}"}`);
const fileOf = (count: number): string[] => chainOf([header, ...numbered(count)]).lines;
const flawsOf = (lines: readonly string[]): string[] =>
  verifyChain(lines.join('')).flaws.map(({ line, flaw }) => `${line} ${flaw}`);

describe('verifying a chain finds', () => {
  it('a line that was altered, at the one after it', () => {
    const lines = fileOf(4);
    lines[2] = (lines[2] as string).replace('"r1"', '"r9"');
    expect(flawsOf(lines)).toEqual(['4 broken']);
  });

  it('a line that was removed', () => {
    expect(flawsOf(fileOf(4).toSpliced(2, 1))).toEqual(['3 broken']);
  });

  it('two lines that changed places', () => {
    const [a = '', b = '', c = '', d = ''] = fileOf(3);
    expect(flawsOf([a, c, b, d])).toEqual(['2 broken', '3 broken', '4 broken']);
  });

  it('a line that was repeated', () => {
    const lines = fileOf(2);
    expect(flawsOf([...lines, lines[2] as string])).toEqual(['4 broken']);
  });

  it('a line whose bytes were made into garbage, which is more than a torn one', () => {
    const lines = fileOf(3);
    lines[1] = 'garbage\n';
    expect(flawsOf(lines)).toEqual(['2 torn', '3 broken']);
  });

  it('a file that lost its beginning', () => {
    expect(flawsOf(fileOf(3).slice(1))).toEqual(['1 broken']);
  });

  it('a first record that is no header', () => {
    expect(flawsOf(chainOf(numbered(2)).lines)).toEqual(['1 headless']);
  });

  it('any single byte that changes, before the last line', () => {
    const text = fileOf(5).join('');
    const lastLine = text.lastIndexOf('\n', text.length - 2) + 1;
    fc.assert(
      fc.property(fc.nat(lastLine - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(text, 'latin1');
        bytes[at] = (bytes[at] as number) ^ change;
        expect(verifyChain(bytes.toString('latin1')).flaws).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('verifying a chain', () => {
  it('finds nothing in a whole one, and tells its head', () => {
    const { lines, head } = chainOf([header, ...numbered(50)]);
    expect(verifyChain(lines.join(''))).toEqual({ records: 51, head, flaws: [] });
  });

  it('calls an interrupted last line torn, and no more', () => {
    const [a = '', b = '', c = ''] = fileOf(2);
    expect(flawsOf([a, b, c.slice(0, 30)])).toEqual(['3 torn']);
  });

  it('goes on over a torn line that was continued', () => {
    const [a = '', b = '', c = ''] = fileOf(2);
    const torn = c.slice(0, 30);
    const head = headAfter([a.trimEnd(), b.trimEnd(), torn]) as Head;
    expect(head).toEqual({ next: 3, last: createHash('sha256').update(torn).digest('hex') });
    const { line } = link(head, '{"id":"after"}');
    expect(flawsOf([a, b, `${torn}\n`, line])).toEqual(['3 torn']);
  });

  it('accepts any number of records of any content, split anywhere by torn lines', () => {
    const record = fc.dictionary(fc.string(), fc.string()).map((fields) => JSON.stringify({ id: 'x', ...fields }));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const ascii = records.map((json) => json.replace(/[^\x20-\x7e]/g, '?')).filter(isObject);
        const { lines, head } = chainOf([header, ...ascii]);
        expect(verifyChain(lines.join(''))).toEqual({ records: lines.length, head, flaws: [] });
        expect(headAfter(lines.map((line) => line.trimEnd()))).toEqual(head);
      }),
    );
  });
});

describe('a link', () => {
  it('is the SHA-256 of the bytes of the line before, without its end', () => {
    const [first = '', second = ''] = fileOf(1);
    const expected = createHash('sha256').update(first.slice(0, -1)).digest('hex');
    expect(second).toBe(`{"seq":1,"prev":"${expected}","id":"r0"}\n`);
  });

  it('of the first line is to nothing, and its header names the file before', () => {
    const { line } = link(emptyHead, headerRecord('desk', '2026-01-02', 'ab'.repeat(32)));
    expect(line).toBe(
      `{"seq":0,"prev":"${'0'.repeat(64)}","kind":"header","version":1,"instance":"desk","day":"2026-01-02","previous":"${'ab'.repeat(32)}"}\n`,
    );
  });

  it('has no head to continue where no line is a record', () => {
    expect(headAfter(['', 'x', '[1]', 'null', '{"seq":"1","prev":""}'])).toBeUndefined();
  });
});

function isObject(json: string): boolean {
  try {
    return typeof JSON.parse(json) === 'object' && !json.includes('"seq"');
  } catch {
    return false;
  }
}
