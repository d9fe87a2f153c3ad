import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { logFilesIn } from '../../src/audit/log-files.js';
import { verifiedFolder } from '../audit/verified.js';
import { get, outcome, startWorld, type World } from './world.js';

let world: World;
let dir: string;

beforeAll(async () => {
  world = await startWorld();
  dir = join(world.proxy.folder, 'audit');
});
afterAll(() => world.close());
afterEach(() => {
  jest.restoreAllMocks();
});

const logNames = (): string[] => fs.readdirSync(dir).filter((name) => name.endsWith('.jsonl'));

async function refusedThenServed(repair: () => void): Promise<void> {
  world.reset();
  for (const path of ['/1', '/2']) {
    const text = await world.inside(get(path));
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(outcome(text)).toBe('audit_unavailable');
  }
  expect(world.arrived()).toBe('');
  repair();
  expect(await world.inside(get('/3'))).toMatch(/^HTTP\/1\.1 200 /);
  expect(world.arrived().match(/^GET \S+/gm)).toEqual(['GET /3']);
}

describe('audit disk full, sink down, log rotated', () => {
  it.each(['ENOSPC', 'EIO', 'EDQUOT'])('%s refuses, sends nothing, and goes on once it is over', async (code) => {
    const full = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    await refusedThenServed(() => full.mockRestore());
  });

  it('a record written in half refuses, and the next line is whole', async () => {
    const write = fs.writeSync.bind(fs) as (
      descriptor: number,
      text: string,
      position: null,
      encoding: string,
    ) => number;
    const half = jest
      .spyOn(fs, 'writeSync')
      .mockImplementation(((descriptor: number, text: string, _: null, encoding: string) =>
        write(descriptor, text.slice(0, text.length >> 1), null, encoding)) as typeof fs.writeSync);
    await refusedThenServed(() => half.mockRestore());
    const lines = world.proxy.written().split('\n').filter(Boolean);
    expect(() => JSON.parse(lines.at(-1) ?? '') as unknown).not.toThrow();
    // What was torn stays torn, for `verify` to tell.
    for (const name of logNames()) {
      const kept = fs
        .readFileSync(join(dir, name), 'utf8')
        .split('\n')
        .filter((line) => line === '' || line.endsWith('}'));
      fs.writeFileSync(join(dir, name), kept.join('\n'));
    }
    await world.inside(get('/resumes'));
  });

  it('a folder that somebody removed refuses at least one request, and nothing is sent by it', async () => {
    await world.inside(get('/before'));
    world.reset();
    fs.renameSync(dir, `${dir}.gone`);
    fs.rmSync(`${dir}.gone`, { recursive: true });
    const text = await world.inside(get('/1'));
    expect(outcome(text)).toBe('audit_unavailable');
    expect(world.arrived()).toBe('');
    expect(await world.inside(get('/2'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(world.proxy.records()[0]).toMatchObject({ kind: 'header' });
  });

  it('a folder that is a file now, or that is not ours to write, refuses until it is a folder again', async () => {
    fs.renameSync(dir, `${dir}.old`);
    fs.writeFileSync(dir, '');
    const opened = await world.inside(get('/first'));
    // The open file may still take this one: it has a name, only not where it was.
    expect(['200', 'audit_unavailable']).toContain(outcome(opened));
    fs.rmSync(dir);
    fs.renameSync(`${dir}.old`, dir);
    expect(await world.inside(get('/again'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('a file that another process writes to refuses', async () => {
    await world.inside(get('/before'));
    world.reset();
    const [name = ''] = logNames();
    fs.appendFileSync(join(dir, name), '{"forged":true}\n');
    expect(outcome(await world.inside(get('/1')))).toBe('audit_unavailable');
    expect(world.arrived()).toBe('');
    const text = fs.readFileSync(join(dir, name), 'utf8').replace('{"forged":true}\n', '');
    fs.writeFileSync(join(dir, name), text);
    await world.inside(get('/settles'));
    expect(await world.inside(get('/2'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a log that somebody changed', () => {
  const lines = (path: string): string[] => fs.readFileSync(path, 'latin1').split('\n').slice(0, -1);

  it('is told from one that is as it was written, whatever was done to its records', async () => {
    const log = await startWorld();
    const folder = join(log.proxy.folder, 'audit');
    for (let i = 0; i < 4; i += 1) await log.inside(get(`/${i}`));
    await log.inside('GET http://other.example.com/ HTTP/1.1\r\nHost: other.example.com\r\n\r\n');
    await log.proxy.app.drain();
    expect(verifiedFolder(folder)).toMatchObject({ intact: true, findings: [] });
    const path = logFilesIn(folder)[0]?.path ?? '';
    const whole = lines(path);
    const use = whole.findIndex((line) => line.includes('"path":"/2"'));
    for (const changed of [
      whole.with(use, (whole[use] ?? '').replace('"path":"/2"', '"path":"/9"')),
      whole.toSpliced(use, 2),
      whole.toSpliced(use, 0, whole[use - 1] ?? ''),
      whole.with(use, whole[use + 2] ?? '').with(use + 2, whole[use] ?? ''),
    ]) {
      fs.writeFileSync(path, changed.map((line) => `${line}\n`).join(''), 'latin1');
      expect(verifiedFolder(folder)).toMatchObject({ intact: false });
    }
    await log.close();
  });

  it('is signed as it goes, with a key that no other user can read, and tells which process wrote it', async () => {
    const log = await startWorld();
    const folder = join(log.proxy.folder, 'audit');
    await log.inside(get('/'));
    expect(log.proxy.records()[1]).toMatchObject({ kind: 'start', version: 'test', pid: process.pid });
    expect(log.proxy.records()[1]?.['policy_rev']).toMatch(/^[0-9a-f]{12}$/);
    await log.proxy.app.drain();
    const [header] = log.proxy.records();
    expect(log.proxy.records().at(-1)).toMatchObject({ kind: 'checkpoint', reason: 'stop', key: header?.['key'] });
    expect(fs.statSync(join(folder, 'checkpoint.key')).mode & 0o777).toBe(0o600);
    await log.close();
  });
});

describe('tool names, paths, header values with ESC, newline, bidirectional marks', () => {
  it.each([
    ['escape and newline, percent-encoded', '/a%1b[31m%0d%0a{"kind":"use"}'],
    ['raw bytes of a bidirectional override', '/a\xe2\x80\xaegpj.exe'],
    ['raw C1 control bytes', '/a\x9b31m\x85'],
    ['quotes and backslashes', '/a"}\\n{"kind":"use"'],
    ['DEL', '/a\x7fb'],
    ['four thousand characters', `/${'a'.repeat(4000)}`],
  ])('stay on their line, printable and capped: %s', async (_, path) => {
    const before = world.proxy.written().length;
    world.reset();
    await world.inside(get(path));
    const added = world.proxy.written().slice(before);
    expect(added).toMatch(/^[\x20-\x7e\n]*$/);
    expect(
      added
        .split('\n')
        .filter(Boolean)
        .every((line) => line.startsWith('{"seq":') && line.endsWith('}')),
    ).toBe(true);
    expect(Math.max(...added.split('\n').map((line) => line.length))).toBeLessThan(4000);
  });
});
