import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyHead, latin1Hash } from '../../src/audit/chain.js';
import { readTail, type Tail } from '../../src/audit/tail-of-file.js';
import { Refusal } from '../../src/core/refusal.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function tailOf(text: string, ended = false): Tail {
  writeFileSync(join(dir, 'file'), text, 'latin1');
  const descriptor = fs.openSync(join(dir, 'file'), 'r');
  try {
    return readTail(descriptor, ended);
  } finally {
    fs.closeSync(descriptor);
  }
}

const first = '{"seq":0,"prev":"x"}';

describe('the tail of a file', () => {
  it.each(['my diary\n', 'x', `${'x'.repeat(2_000_000)}\n`])('that is none of ours is refused', (text) => {
    expect(() => tailOf(text)).toThrow(Refusal);
  });

  it('that is a folder is refused', () => {
    const descriptor = fs.openSync(dir, 'r');
    expect(() => readTail(descriptor)).toThrow(Refusal);
    fs.closeSync(descriptor);
  });

  it.each([
    ['', emptyHead.next, emptyHead.last, ''],
    ['{"seq":0,"pr', 0, emptyHead.last, '\n'],
    [`${first}\n`, 1, latin1Hash(first), ''],
    [first, 1, latin1Hash(first), '\n'],
    [`${first}\ntorn`, 2, latin1Hash('torn'), '\n'],
    [`${first}\ntorn\n`, 2, latin1Hash('torn'), ''],
  ])('%j tells where its chain stands', (text, next, last, before) => {
    expect(tailOf(text)).toEqual({ head: { next, last }, size: text.length, before });
  });

  it('leaves out a last line without an end, where it is asked to: it may still be written', () => {
    expect(tailOf(`${first}\ntorn`, true).head).toEqual({ next: 1, last: latin1Hash(first) });
    expect(tailOf(`${first}\n`, true).head).toEqual({ next: 1, last: latin1Hash(first) });
  });
});
