import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linesOf, longestLine } from '../../../src/audit/read/lines.js';

let dir: string;
let path: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(dir, 'file');
});
afterAll(() => rmSync(dir, { recursive: true }));

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

describe('the lines of a file', () => {
  it('are what stands between its line ends, with the hash of their bytes, wherever chunks are split', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.nat(70_000).map((n) => 'x'.repeat(n)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.boolean(), (made, ended) => {
        const lines = made.map((text) => Buffer.from(text).toString('latin1').replaceAll('\n', ''));
        if (!ended && lines.at(-1) === '') return;
        writeFileSync(path, lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''), 'latin1');
        const read = [...linesOf(path)];
        expect(read.map(({ text }) => text)).toEqual(lines);
        expect(read.map(({ hash }) => hash)).toEqual(lines.map(sha256));
        expect(read.map((each) => each.ended)).toEqual(lines.map((_, i) => ended || i < lines.length - 1));
      }),
      { numRuns: 60 },
    );
  });

  it('begin at a byte, and tell where each ends', () => {
    writeFileSync(path, 'one\ntwo\nthree');
    expect([...linesOf(path, 4)].map(({ text, end }) => [text, end])).toEqual([
      ['two', 8],
      ['three', 13],
    ]);
    expect([...linesOf(path, 13)]).toEqual([]);
    expect([...linesOf(path, 99)]).toEqual([]);
  });

  it('that are longer than any record are hashed, not kept', () => {
    const long = 'x'.repeat(longestLine * 2 + 3);
    writeFileSync(path, `a\n${long}\nb\n`);
    expect([...linesOf(path)].map(({ text, hash }) => [text, hash])).toEqual([
      ['a', sha256('a')],
      ['', sha256(long)],
      ['b', sha256('b')],
    ]);
  });
});
