import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, headAfter, headerRecord, link, type Head } from '../../src/audit/chain.js';

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

const header = headerRecord({ instance: 'desk', day: '2026-01-02' }, undefined);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `{"id":"r${i}"}`);
const fileOf = (count: number): string[] => chainOf([header, ...numbered(count)]).lines;
describe('a head', () => {
  it('is found again from the lines, whatever stands in them', () => {
    const record = fc.dictionary(fc.string(), fc.string()).map((fields) => JSON.stringify({ id: 'x', ...fields }));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const ascii = records.map((json) => json.replace(/[^\x20-\x7e]/g, '?')).filter(isObject);
        const { lines, head } = chainOf([header, ...ascii]);
        expect(headAfter(lines.map((line) => line.trimEnd()))).toEqual(head);
      }),
    );
  });

  it('counts what an interrupted write left, and goes over it', () => {
    const [a = '', b = '', c = ''] = fileOf(2);
    const torn = c.slice(0, 30);
    const head = headAfter([a.trimEnd(), b.trimEnd(), torn]) as Head;
    expect(head).toEqual({ next: 3, last: createHash('sha256').update(torn).digest('hex') });
  });

  it('is of nothing where no line is a record', () => {
    expect(headAfter(['', 'x', '[1]', 'null', '{"seq":"1","prev":""}'])).toBeUndefined();
  });
});

describe('a link', () => {
  it('is the SHA-256 of the bytes of the line before, without its end', () => {
    const [first = '', second = ''] = fileOf(1);
    const expected = createHash('sha256').update(first.slice(0, -1)).digest('hex');
    expect(second).toBe(`{"seq":1,"prev":"${expected}","id":"r0"}\n`);
  });

  it('of the first line is to nothing, and its header names the file before', () => {
    const { line } = link(emptyHead, headerRecord({ instance: 'desk', day: '2026-01-02' }, 'ab'.repeat(32), 'k'));
    expect(line).toBe(
      `{"seq":0,"prev":"${'0'.repeat(64)}","kind":"header","version":1,"instance":"desk","day":"2026-01-02","previous":"${'ab'.repeat(32)}","key":"k"}\n`,
    );
  });
});

function isObject(json: string): boolean {
  try {
    return typeof JSON.parse(json) === 'object' && !json.includes('"seq"');
  } catch {
    return false;
  }
}
