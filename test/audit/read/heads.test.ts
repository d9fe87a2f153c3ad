import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { latin1Hash } from '../../../src/audit/chain.js';
import { logFilesIn } from '../../../src/audit/log-files.js';
import { formatHeads, headOf, parseHeads, type FileHead } from '../../../src/audit/read/heads.js';
import { fileOf, openLog } from './written-log.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const heads = (): FileHead[] => logFilesIn(dir).flatMap((file) => headOf(file) ?? []);

describe('a head', () => {
  it('is the number and hash of the last line that has an end', async () => {
    await openLog(dir, 'desk').requests(1);
    const lines = readFileSync(fileOf(dir, 'desk'), 'latin1').trimEnd().split('\n');
    const { key } = JSON.parse(lines[0] ?? '') as { key: string };
    const head = {
      folder: dir,
      file: 'desk-2026-01-02.jsonl',
      lines: lines.length,
      hash: latin1Hash(lines.at(-1) ?? ''),
      key,
    };
    expect(heads()).toEqual([head]);
    appendFileSync(fileOf(dir, 'desk'), '{"seq":');
    expect(heads()).toEqual([head]);
  });

  it('is none of a file without a record', () => {
    writeFileSync(fileOf(dir, 'desk'), '');
    expect(heads()).toEqual([]);
  });
});

describe('heads that were kept', () => {
  it('read back, as lines and as JSON', async () => {
    await openLog(dir, 'desk').requests(1);
    await openLog(dir, 'with.dots-and_more').requests(1);
    const all = [...heads(), { ...(heads()[0] as FileHead), key: null, folder: '/with a space' }];
    expect(parseHeads(formatHeads(all))).toEqual(all);
    expect(parseHeads(`# kept on Monday\n${formatHeads(all)}\n`)).toEqual(all);
    expect(parseHeads(JSON.stringify({ version: 1, heads: all }))).toEqual(all);
  });

  const good = { folder: '/a', file: 'desk-2026-01-02.jsonl', lines: 1, hash: 'ab'.repeat(32), key: null };
  it.each([
    'rubbish',
    '{',
    '{"heads":1}',
    '{"heads":[null]}',
    ...[
      { lines: 0 },
      { lines: 1.5 },
      { hash: 'AB'.repeat(32) },
      { hash: 1 },
      { file: '../x' },
      { key: 1 },
      { folder: 1 },
    ].map((wrong) => JSON.stringify({ heads: [{ ...good, ...wrong }] })),
  ])('are refused as %s', (text) => {
    expect(parseHeads(text)).toBeUndefined();
  });
});
