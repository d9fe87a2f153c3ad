import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openSigner } from '../../src/audit/signing-key.js';
import { StreamSink, stdoutSink } from '../../src/audit/stdout.js';
import { verifyLog, type LogVerdict } from '../../src/audit/read/verify-log.js';
import { Refusal } from '../../src/core/refusal.js';

const day = 86_400_000;
let folder: string;
let now: number;
let descriptors: number[];
const clock = { now: () => now, elapsed: () => now };
const context = { instance: 'desk', clock };
const every = { records: 1000, interval: 60_000 };

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'audit-'));
  now = Date.UTC(2026, 0, 2, 12);
  descriptors = [];
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const descriptor of descriptors) fs.closeSync(descriptor);
  fs.rmSync(folder, { recursive: true });
});

function opened(path: string, flags: number | string): number {
  const descriptor = fs.openSync(path, flags);
  descriptors.push(descriptor);
  return descriptor;
}

/** A pipe as Node leaves it once it has looked at it: non-blocking. */
function pipe(): { reader: number; writer: number } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const { O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
  return { reader: opened(path, O_RDONLY | O_NONBLOCK), writer: opened(path, O_WRONLY | O_NONBLOCK) };
}

function readAll(reader: number): string {
  const chunk = Buffer.alloc(1024 * 1024);
  let text = '';
  try {
    for (let length = 1; length > 0;) text += chunk.toString('latin1', 0, (length = fs.readSync(reader, chunk)));
  } catch (error) {
    // Nothing more is there now.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return text;
}

function captured(text: string): LogVerdict {
  const path = join(folder, 'captured');
  fs.writeFileSync(path, text, 'latin1');
  const isRunning = (): boolean => false;
  return verifyLog({ files: [], streams: [path], heads: [], keys: [], since: undefined, isRunning });
}

function reasonOf(act: () => { failure?: unknown }): unknown {
  try {
    const { failure } = act();
    return failure instanceof Refusal ? failure.cause : (failure as NodeJS.ErrnoException | undefined)?.code;
  } catch (error) {
    return error instanceof Refusal ? error.cause : error;
  }
}

const long = (id: string): string => `{"id":"${id.padEnd(4000, 'x')}"}`;
const unix = process.platform === 'win32' ? describe.skip : describe;

unix('standard output that takes no records refuses them', () => {
  it('where nobody has it open any more', () => {
    const { reader, writer } = pipe();
    const sink = new StreamSink(writer, every, context);
    expect(sink.write(['{"id":"a"}'])).toEqual({ count: 1 });
    fs.closeSync(descriptors.splice(descriptors.indexOf(reader), 1)[0] as number);
    expect(reasonOf(() => sink.write(['{"id":"b"}']))).toBe('EPIPE');
  });

  it('where its reader is stuck; waits for it once, and tells how many of a batch are there', () => {
    const { reader, writer } = pipe();
    const sink = new StreamSink(writer, every, context);
    const wait = jest.spyOn(Atomics, 'wait');
    const batch = Array.from({ length: 30 }, (_, i) => long(String(i)));
    const { count, failure } = sink.write(batch);
    expect(failure).toMatchObject({ cause: 'nobody reads the audit stream' });
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(30);
    const waited = wait.mock.calls.length;
    expect(waited).toBeGreaterThan(10);
    expect(reasonOf(() => sink.write(['{"id":"z"}']))).toBe('nobody reads the audit stream');
    expect(wait.mock.calls).toHaveLength(waited);
    let text = readAll(reader);
    expect(sink.write(batch.slice(count, count + 5))).toEqual({ count: 5 });
    text += readAll(reader);
    expect(captured(text).findings.map(({ kind }) => kind)).toEqual(['torn']);
    const ids = [...text.matchAll(/"id":"(\d+)x+"}$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: count + 5 }, (_, i) => i));
  });

  it('where its disk is full', () => {
    if (!fs.existsSync('/dev/full')) return;
    const sink = new StreamSink(opened('/dev/full', 'w'), every, context);
    expect(reasonOf(() => sink.write(['{"id":"a"}']))).toBe('the audit stream does not take its header');
  });

  it('once it is closed', () => {
    const sink = new StreamSink(pipe().writer, every, context);
    sink.close();
    expect(reasonOf(() => sink.write(['{"id":"a"}']))).toBe('the audit stream is closed');
  });

  it('where its key is missing: nobody knows what it has signed elsewhere', () => {
    const keyFile = join(folder, 'none.key');
    expect(reasonOf(() => ({ failure: new StreamSink(1, { ...every, keyFile }, context) }))).toMatch(/is missing/);
  });

  it('after a header that was cut short, until a whole one is taken', () => {
    const { reader, writer } = pipe();
    const sink = new StreamSink(writer, every, context);
    const real = fs.writeSync.bind(fs) as (descriptor: number, text: string, at: null, encoding: string) => number;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementationOnce((descriptor: number, text: string) => real(descriptor, text.slice(0, 40), null, 'latin1'))
      .mockImplementationOnce(() => {
        throw Object.assign(new Error('no'), { code: 'EIO' });
      });
    expect(reasonOf(() => sink.write(['{"id":"a"}']))).toBe('the audit stream does not take its header');
    expect(sink.write(['{"id":"b"}'])).toEqual({ count: 1 });
    const lines = readAll(reader).trimEnd().split('\n');
    expect(lines.map((line) => /"(?:kind|id)":"(\w+)"/.exec(line)?.[1])).toEqual([undefined, 'header', 'b']);
  });
});

unix('standard output', () => {
  it('takes chained lines, a chain for each day, that verify where they were captured', () => {
    const { reader, writer } = pipe();
    const keyFile = join(folder, 'audit.key');
    openSigner(keyFile, () => true);
    const sink = new StreamSink(writer, { keyFile, records: 2, interval: 60_000 }, context);
    sink.write(['{"id":"a","instance":"desk"}', '{"id":"b","instance":"desk"}']);
    now += day;
    sink.write(['{"id":"c","instance":"desk"}']);
    sink.close();
    const text = readAll(reader);
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind?: string; id?: string; reason?: string });
    expect(records.map(({ reason, kind, id }) => reason ?? kind ?? id)).toEqual([
      'header',
      'a',
      'records',
      'b',
      'rotation',
      'header',
      'c',
      'records',
      'stop',
    ]);
    expect(captured(text)).toMatchObject({ intact: true, findings: [], lines: 9 });
    expect(captured(`npm warn\n${text}bye\n`)).toMatchObject({ intact: true });
    expect(captured(text.replace('"id":"a"', '"id":"z"'))).toMatchObject({ intact: false });
    const [first = '', , third = '', ...rest] = text.split('\n');
    expect(captured([first, third, ...rest].join('\n'))).toMatchObject({ intact: false });
  });

  it('takes a batch that is larger than the pipe while its reader reads', () => {
    const { reader, writer } = pipe();
    const sink = new StreamSink(writer, every, context);
    let text = '';
    jest.spyOn(Atomics, 'wait').mockImplementation(() => {
      text += readAll(reader);
      return 'timed-out';
    });
    expect(sink.write(Array.from({ length: 60 }, (_, i) => long(String(i))))).toEqual({ count: 60 });
    text += readAll(reader);
    expect(text.match(/\n/g)).toHaveLength(61);
  });

  it('is signed so long after a record that no checkpoint covers', () => {
    jest.useFakeTimers();
    const { reader, writer } = pipe();
    const keyFile = join(folder, 'audit.key');
    openSigner(keyFile, () => true);
    const sink = new StreamSink(writer, { keyFile, records: 100, interval: 5000 }, context);
    sink.write(['{"id":"a"}']);
    jest.advanceTimersByTime(5000);
    expect(readAll(reader)).toMatch(/"reason":"interval"/);
    sink.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('is the descriptor 1 of the configuration’s sink', () => {
    const write = jest.spyOn(fs, 'writeSync').mockImplementation((_: number, text: string) => text.length);
    stdoutSink.make({ checkpoint_records: 10, checkpoint_interval: 1000 }, context).write(['{"id":"a"}']);
    expect(write.mock.calls.map(([descriptor]) => descriptor)).toEqual([1, 1]);
  });
});
