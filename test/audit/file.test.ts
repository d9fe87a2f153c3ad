import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fileSink } from '../../src/audit/file.js';
import type { Sink } from '../../src/audit/index.js';
import { Refusal } from '../../src/core/refusal.js';
import { verified } from './verified.js';

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

describe('the file sink refuses', () => {
  it('a folder in which every user can write, before anything is in it', () => {
    mkdirSync(join(folder, 'log'));
    chmodSync(join(folder, 'log'), 0o1777);
    expect(reasonOf(() => open().write(['{"id":"1"}']))).toEqual([
      'audit_unavailable',
      'every user can write in the audit folder: `chmod o-w` it',
    ]);
    expect(readdirSync(join(folder, 'log'))).toEqual([]);
  });

  it('to write once it is closed', () => {
    const sink = open();
    sink.close();
    expect(reasonOf(() => sink.write(['{"id":"a"}']))).toEqual(['audit_unavailable', 'the audit file is closed']);
  });

  it('a folder that cannot be made', () => {
    writeFileSync(join(folder, 'log'), '');
    expect(reasonOf(() => open().write(['{"id":"a"}']))).toBe('EEXIST');
  });

  it('a file that is a link: somebody laid it', () => {
    open('other').write(['{"id":"a"}']);
    symlinkSync('/dev/full', pathOf());
    expect(reasonOf(() => open().write(['{"id":"a"}']))).toBe('ELOOP');
  });

  it('a file that holds something else', () => {
    open('other').write(['{"id":"a"}']);
    writeFileSync(pathOf(), 'my diary\n');
    expect(reasonOf(() => open().write(['{"id":"a"}']))).toEqual([
      'audit_unavailable',
      'the audit file holds something else than audit records',
    ]);
    expect(textOf()).toBe('my diary\n');
  });

  it.each(['', '../x', 'a/b', '.hidden', 'a\nb', 'a'.repeat(129)])('the instance name %j', (instance) => {
    expect(() => open(instance)).toThrow(TypeError);
  });

  it('one record when another process wrote to its file, and goes on from there', () => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    open().write(['{"id":"b"}']);
    expect(reasonOf(() => sink.write(['{"id":"c"}']))).toEqual([
      'audit_unavailable',
      'the audit file was changed by another process: each needs its own instance',
    ]);
    sink.write(['{"id":"d"}']);
    expect(kindsOf()).toEqual(['header', 'a', 'b', 'd']);
    expect(verified(pathOf()).flaws).toEqual([]);
  });

  it.each([
    ['removed', () => unlinkSync(pathOf()), 'the audit file was removed'],
    [
      'emptied',
      () => truncateSync(pathOf()),
      'the audit file was changed by another process: each needs its own instance',
    ],
  ])('one record when its file was %s, and the next header names the head that is gone', (_, act, reason) => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    const { head } = verified(pathOf());
    act();
    expect(reasonOf(() => sink.write(['{"id":"b"}']))).toEqual(['audit_unavailable', reason]);
    sink.write(['{"id":"c"}']);
    expect(kindsOf()).toEqual(['header', 'c']);
    expect(JSON.parse(textOf().split('\n')[0] as string)).toMatchObject({ previous: head.last });
  });
});

describe('the file sink', () => {
  it('makes its folder for the owner alone, and its files too', () => {
    open().write(['{"id":"a"}']);
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o700);
    expect(statSync(pathOf()).mode & 0o777).toBe(0o600);
  });

  it('goes on with the chain of the same day after a restart', () => {
    for (const id of ['a', 'b', 'c']) {
      const sink = open();
      sink.write([`{"id":"${id}"}`]);
      sink.close();
    }
    expect(kindsOf()).toEqual(['header', 'a', 'b', 'c']);
    expect(verified(pathOf())).toMatchObject({ lines: 7, flaws: [] });
  });

  it('starts a file with each day (UTC), whose header names the head of the one before', () => {
    const sink = open();
    now = Date.UTC(2026, 0, 2, 23, 59, 59, 999);
    sink.write(['{"id":"a"}']);
    now += 1;
    sink.write(['{"id":"b"}']);
    expect(namesIn()).toEqual(['desk-2026-01-02.jsonl', 'desk-2026-01-03.jsonl']);
    const first = verified(pathOf());
    expect(JSON.parse(textOf('desk-2026-01-03.jsonl').split('\n')[0] as string)).toMatchObject({
      day: '2026-01-03',
      previous: first.head.last,
    });
  });

  it('finds the file before, after a restart, among those of other instances', () => {
    const first = open();
    first.write(['{"id":"a"}']);
    first.close();
    open('desk-2').write(['{"id":"other"}']);
    open('a').write(['{"id":"other"}']);
    now = noon + 3 * day;
    open().write(['{"id":"b"}']);
    expect(JSON.parse(textOf('desk-2026-01-05.jsonl').split('\n')[0] as string)).toMatchObject({
      previous: verified(pathOf()).head.last,
    });
  });

  it('keeps to its file when the clock is set back over midnight', () => {
    const sink = open();
    sink.write(['{"id":"a"}']);
    now -= day;
    sink.write(['{"id":"b"}']);
    expect(namesIn()).toEqual(['desk-2026-01-02.jsonl']);
    expect(kindsOf()).toEqual(['header', 'a', 'b']);
  });

  it.each([
    ['{"seq":3,"pr', 'torn'],
    ['{"seq":3,"prev":""\n', 'torn'],
    ['x', 'inserted'],
    ['{"forged":true}\n', 'inserted'],
  ])('starts a new line after %j, and the chain goes on over it', (left, kind) => {
    const first = open();
    first.write(['{"id":"a"}']);
    first.close();
    appendFileSync(pathOf(), left);
    open().write(['{"id":"b"}']);
    expect(verified(pathOf())).toMatchObject({ lines: 5, flaws: [`4 ${kind}`] });
  });

  it.each(['{', '{"seq":0,"prev":"', '{"seq":0,"prev":"000000'])(
    'begins again where only %j of a header was written',
    (torn) => {
      open('other').write(['{"id":"a"}']);
      writeFileSync(pathOf(), torn);
      open().write(['{"id":"b"}']);
      expect(kindsOf()).toEqual(['header', 'b']);
      expect(verified(pathOf()).flaws).toEqual([]);
    },
  );

  it('finds its place in a file longer than what it reads of it', () => {
    const first = open();
    for (let i = 0; i < 400; i += 1) first.write([`{"id":"${'x'.repeat(4000)}"}`]);
    first.close();
    open().write(['{"id":"b"}']);
    expect(verified(pathOf())).toMatchObject({ lines: 403, flaws: [] });
  });
});
