import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logFilesIn } from '../../../src/audit/log-files.js';
import { followLog, lastOf, lastRecords } from '../../../src/audit/read/tail.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (id: number | string, hour = 10): string =>
  `{"seq":1,"prev":"","time":"2026-01-02T${hour}:00:00.000Z","id":"${id}"}\n`;
const path = (instance: string, date = '2026-01-02'): string => join(dir, `${instance}-${date}.jsonl`);
const ids = (records: readonly { record: Readonly<Record<string, unknown>> }[]): unknown[] =>
  records.map(({ record }) => record['id']);
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

describe('the last records of a file', () => {
  it.each([0, 1, 5, 999, 1000, 5000, 9999])('are the last %d, read from its end', (most) => {
    const text = numbers(0, 5000)
      .map((id) => line(id))
      .join('');
    writeFileSync(path('a'), `${text}{"seq":`);
    const { records, end } = lastRecords(path('a'), most);
    expect(ids(records)).toEqual(numbers(Math.max(0, 5000 - most), 5000));
    expect(end).toBe(text.length);
  });

  it('are so many besides those that are the log’s own', () => {
    const checkpoint = line('c').replace('"id"', '"kind":"checkpoint","id"');
    writeFileSync(path('a'), line(1) + checkpoint + line(2) + checkpoint.repeat(2000));
    expect(ids(lastRecords(path('a'), 2).records)).toEqual(['1', '2']);
  });

  it('are none where no line has an end', () => {
    writeFileSync(path('a'), '{"seq":');
    expect(lastRecords(path('a'), 5)).toEqual({ records: [], end: 0 });
    writeFileSync(path('a'), '');
    expect(lastRecords(path('a'), 5)).toEqual({ records: [], end: 0 });
  });
});

describe('the last records of several files', () => {
  it('are the last of all by time, over days and instances', () => {
    writeFileSync(path('a'), line('a1', 10) + line('a2', 12));
    writeFileSync(path('b'), line('b1', 11) + line('b2', 13));
    writeFileSync(path('b', '2026-01-01'), line('b0', 0).replace('01-02', '01-01'));
    expect(ids(lastOf(logFilesIn(dir), 3).records)).toEqual(['b1', 'a2', 'b2']);
    expect(ids(lastOf(logFilesIn(dir), 9).records)).toEqual(['b0', 'a1', 'b1', 'a2', 'b2']);
    expect(lastOf(logFilesIn(dir), 0).records).toEqual([]);
    expect(lastOf(logFilesIn(dir), 1).ends.size).toBe(3);
  });
});

describe('following a log', () => {
  it('tells what is written, in files that were there and new ones, whole lines only, until it is ended', async () => {
    writeFileSync(path('a'), line('before'));
    const ended = new AbortController();
    const { ends } = lastOf(logFilesIn(dir), 0);
    const log = followLog(() => logFilesIn(dir), ends, ended.signal, 5);
    const next = async (): Promise<unknown[]> => ids((await log.next()).value ?? []);
    appendFileSync(path('a'), line('a1', 11) + line('half').slice(0, 20));
    writeFileSync(path('b'), line('b1', 10));
    expect(await next()).toEqual(['b1', 'a1']);
    appendFileSync(path('a'), line('half').slice(20));
    expect(await next()).toEqual(['half']);
    truncateSync(path('a'));
    appendFileSync(path('a'), line('anew'));
    expect(await next()).toEqual(['anew']);
    const last = log.next();
    ended.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});
