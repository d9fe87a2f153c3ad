import fs, { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fileSink } from '../../src/audit/file.js';
import type { Sink } from '../../src/audit/index.js';
import { Refusal } from '../../src/core/refusal.js';
import { verified, verifiedFolder } from './verified.js';

const day = 86_400_000;
const noon = Date.UTC(2026, 0, 2, 12);
let folder: string;
let now: number;
const clock = { now: () => now, elapsed: () => now };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  now = noon;
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const every = { checkpoint_records: 1000, checkpoint_interval: 60_000 };
const open = (instance = 'desk', options: object = every): Sink =>
  fileSink.make({ ...every, dir: join(folder, 'log'), ...options }, { instance, clock });
const pathOf = (name = 'desk-2026-01-02.jsonl'): string => join(folder, 'log', name);
const namesIn = (): string[] => readdirSync(join(folder, 'log')).filter((name) => name.endsWith('.jsonl'));
const textOf = (name?: string): string => readFileSync(pathOf(name), 'latin1');
const kindsOf = (name?: string): unknown[] =>
  textOf(name)
    .trimEnd()
    .split('\n')
    .map((line) => (line.endsWith('}') ? (JSON.parse(line) as { kind?: string; id?: string }) : { id: 'torn' }))
    .map(({ kind, id }) => kind ?? id)
    .filter((kind) => kind !== 'checkpoint');

function reasonOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.cause];
    return (error as NodeJS.ErrnoException).code;
  }
  return 'nothing was thrown';
}

describe('a batch', () => {
  it('is one write, whole or refused', () => {
    const sink = open();
    const write = jest.spyOn(fs, 'writeSync');
    expect(sink.write(['{"id":"a"}'])).toEqual({ count: 1 });
    write.mockClear();
    expect(sink.write(['{"id":"b"}', '{"id":"c"}', '{"id":"d"}'])).toEqual({ count: 3 });
    expect(write).toHaveBeenCalledTimes(1);
    expect(kindsOf()).toEqual(['header', 'a', 'b', 'c', 'd']);
  });

  it('that was written in part tells how many of its records are there, and the chain goes on behind them', () => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    const real = fs.writeSync.bind(fs) as (descriptor: number, text: string, at: null, encoding: string) => number;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementationOnce((descriptor: number, text: string) =>
        real(descriptor, text.slice(0, text.indexOf('"c"')), null, 'latin1'),
      );
    expect(sink.write(['{"id":"b"}', '{"id":"c"}', '{"id":"d"}'])).toMatchObject({
      count: 1,
      failure: { code: 'audit_unavailable' },
    });
    sink.write(['{"id":"c"}', '{"id":"d"}']);
    expect(kindsOf()).toEqual(['header', 'a', 'b', 'torn', 'c', 'd']);
    expect(verified(pathOf()).flaws).toEqual(['4 torn']);
  });
});

describe('checkpoints', () => {
  const reasons = (name?: string): unknown[] =>
    textOf(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { reason?: string; id?: string; kind?: string })
      .map(({ reason, id, kind }) => reason ?? id ?? kind);

  it('come after so many records, within a batch too, and at the end', () => {
    const sink = open('desk', { checkpoint_records: 2 });
    sink.write(['{"id":"a"}']);
    sink.write(['{"id":"b"}', '{"id":"c"}']);
    sink.close();
    expect(reasons()).toEqual(['header', 'a', 'records', 'b', 'c', 'records', 'stop']);
    expect(verified(pathOf()).flaws).toEqual([]);
  });

  it('come so long after a record that none covers, and not without one', () => {
    jest.useFakeTimers();
    const sink = open('desk', { checkpoint_interval: 5000 });
    sink.write(['{"id":"a"}']);
    jest.advanceTimersByTime(4999);
    sink.write(['{"id":"b"}']);
    jest.advanceTimersByTime(1);
    expect(reasons()).toEqual(['header', 'a', 'b', 'interval']);
    jest.advanceTimersByTime(60_000);
    expect(reasons()).toHaveLength(4);
    sink.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('close a day, and its file', () => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    now += day;
    sink.write(['{"id":"b"}']);
    expect(reasons()).toEqual(['header', 'a', 'rotation']);
    expect(reasons('desk-2026-01-03.jsonl')).toEqual(['header', 'b']);
    expect(verifiedFolder(join(folder, 'log')).findings).toEqual([]);
  });

  it('are signed with a key of mode 0600 that is made once, and that every header names', () => {
    open('one').write(['{"id":"a"}']);
    open('two').write(['{"id":"b"}']);
    expect(statSync(join(folder, 'log', 'checkpoint.key')).mode & 0o777).toBe(0o600);
    const [one, two] = namesIn().map((name) => JSON.parse(textOf(name).split('\n')[0] as string) as { key: string });
    expect(one?.key).toMatch(/^[\w-]{43}$/);
    expect(two?.key).toBe(one?.key);
  });

  it('are not signed with another key where files of one are there: the log is refused until it is back', () => {
    open('one').write(['{"id":"a"}']);
    const key = join(folder, 'log', 'checkpoint.key');
    renameSync(key, `${key}.away`);
    expect(reasonOf(() => open('two').write(['{"id":"b"}']))).toEqual([
      'audit_unavailable',
      `the audit key ${key} is missing: restore it, or move away what it has signed`,
    ]);
    renameSync(`${key}.away`, key);
    expect(open('two').write(['{"id":"b"}'])).toEqual({ count: 1 });
  });

  it('are not signed with a key of its own in a file that was begun with another', () => {
    open().write(['{"id":"a"}']);
    expect(reasonOf(() => open('desk', { key_file: join(folder, 'other.key') }).write(['{"id":"b"}']))).toEqual([
      'audit_unavailable',
      expect.stringMatching(/missing: restore it/),
    ]);
    open('desk', { dir: join(folder, 'elsewhere'), key_file: join(folder, 'other.key') }).write(['{"id":"b"}']);
    expect(reasonOf(() => open('desk', { key_file: join(folder, 'other.key') }).write(['{"id":"b"}']))).toEqual([
      'audit_unavailable',
      'the audit file was begun with another key than this one',
    ]);
  });

  it('go on with the same key when the folder is removed under a running process, and the key is back', () => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    rmSync(join(folder, 'log'), { recursive: true });
    expect(reasonOf(() => sink.write(['{"id":"b"}']))).toEqual(['audit_unavailable', 'the audit file was removed']);
    sink.write(['{"id":"c"}']);
    sink.close();
    expect(open().write(['{"id":"d"}'])).toEqual({ count: 1 });
    expect(verified(pathOf()).flaws).toEqual(['1 earlier']);
  });
});
