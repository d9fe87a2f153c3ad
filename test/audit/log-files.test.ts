import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyInHeader, logFileName, logFilesIn, parseLogFileName } from '../../src/audit/log-files.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('the name of an audit file', () => {
  it.each([
    'checkpoint.key',
    'x.jsonl',
    '-2026-01-02.jsonl',
    'a b-2026-01-02.jsonl',
    'a-2026-1-2.jsonl',
    'a-2026-01-02.jsonl.gz',
  ])('is not %j', (name) => {
    expect(parseLogFileName(name)).toBeUndefined();
  });

  it('is read as it was made, dashes in instances too', () => {
    const instance = '3f0e9c1a-8a49-4d43-8a55-1f6a4f0c2b77';
    expect(parseLogFileName(logFileName(instance, '2026-01-02'))).toEqual({ instance, day: '2026-01-02' });
  });
});

describe('the audit files of a folder', () => {
  it('are those with such a name, oldest day first', () => {
    for (const name of ['b-2026-01-01.jsonl', 'a-2026-01-02.jsonl', 'a-2026-01-01.jsonl', 'notes', 'checkpoint.key'])
      writeFileSync(join(dir, name), '');
    expect(logFilesIn(dir).map(({ name }) => name)).toEqual([
      'a-2026-01-01.jsonl',
      'b-2026-01-01.jsonl',
      'a-2026-01-02.jsonl',
    ]);
  });
});

describe('the key in a header', () => {
  it.each([
    ['{"seq":0,"prev":"","key":"k"}\n{"seq":1}\n', 'k'],
    ['{"seq":0,"prev":""}\n{"seq":1,"prev":"","key":"k"}\n', undefined],
    ['{"seq":0,"prev":"","key":1}\n', undefined],
    ['', undefined],
    [`${'x'.repeat(10_000)}\n`, undefined],
  ])('of a file that begins with %j is %j', (text, key) => {
    writeFileSync(join(dir, 'file'), text);
    expect(keyInHeader(join(dir, 'file'))).toBe(key);
  });
});
