import { appendFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { refusedFields } from '../audit/memory-sink.js';
import { recordKinds } from '../../src/audit/read/filter.js';
import { fileOf, noon, openLog, type WrittenLog } from '../audit/read/written-log.js';
import { say } from './terminal.js';

let home: string;
let dir: string;
let config: string;
let log: WrittenLog;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'keywright-audit-'));
  dir = join(home, 'log');
  config = join(home, 'keywright.yaml');
  writeFileSync(config, 'version: 1\naudit: [{ type: file, dir: ./log }]\n', { mode: 0o600 });
  log = openLog(dir, 'desk');
  await log.requests(2, 'api.example.com');
  await log.requests(1, 'other.example.com');
  log.audit.refused('r', { ...refusedFields, path: '/\x1b[31m\u202e', reason: 'because' });
  await log.audit.close();
  const second = openLog(dir, 'agent', noon + 25);
  await second.requests(1, 'api.example.com');
});
afterEach(() => rmSync(home, { recursive: true }));

const ask = (...args: string[]) => say(['audit', ...args, '--config', config], home);
const column = (out: string, name: string): unknown[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Record<string, unknown>)[name]);

describe('keywright audit refuses', () => {
  it.each([
    [[]],
    [['toString']],
    [['nonsense']],
    [['verify', '--client', 'x']],
    [['query', '--follow']],
    [['tail', '-n', 'many']],
    [['tail', '-n', '-1']],
    [['query', '--since', 'yesterday']],
    [['query', '--kind', 'uses']],
    [['query', '--kind', 'constructor']],
    [['verify', '--since', '2h']],
  ])('%j as a mistake', async (args) => {
    expect(await ask(...args)).toMatchObject({ code: 2, out: '' });
  });

  it('a kind that no record has, by those that there are', async () => {
    expect(await ask('query', '--kind', 'uses')).toMatchObject({
      error: expect.stringMatching(/it is one of start, stop, reload, use, end, refused, .*checkpoint\.\n$/),
    });
    for (const kind of recordKinds) expect(await ask('query', '--kind', kind)).toMatchObject({ code: 0, error: '' });
  });

  it('heads that are missing, or are something else', async () => {
    expect(await ask('verify', '--heads', join(home, 'none'))).toMatchObject({ code: 1 });
    for (const text of ['', 'my diary\n']) {
      writeFileSync(join(home, 'heads'), text);
      expect(await ask('verify', '--heads', join(home, 'heads'))).toMatchObject({ code: 2 });
    }
  });

  it('a path where nothing is, and escapes it', async () => {
    const { code, error } = await ask('verify', join(home, '\x1b[31m'));
    expect(code).toBe(1);
    expect(error).toMatch(/^[\x20-\x7e]*\n$/);
  });

  it('a folder that cannot be read, by one sentence', async () => {
    rmSync(dir, { recursive: true });
    expect(await ask('tail')).toMatchObject({ code: 1, error: expect.stringMatching(/no audit log at/) });
    writeFileSync(config, 'version: 1\naudit: [{ type: stdout }]\n', { mode: 0o600 });
    expect(await ask('tail')).toMatchObject({ code: 1, error: expect.stringMatching(/no `file` sink/) });
  });
});

describe('keywright audit verify', () => {
  it('is content with a log as it was written', async () => {
    expect(await ask('verify')).toEqual({
      code: 0,
      out: expect.stringMatching(/^2 files, \d+ lines: no sign of tampering\.\n$/) as unknown,
      error: '',
    });
    const { out } = await ask('verify', '--json');
    expect(JSON.parse(out)).toMatchObject({ intact: true, files: 2, findings: [], more: 0 });
  });

  it('tells what was changed, and where, in the files of a configuration or those that are named', async () => {
    const path = fileOf(dir, 'desk');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"status":200', '"status":403'));
    for (const paths of [[], [dir], [path]]) {
      const { code, out } = await ask('verify', ...paths);
      expect(code).toBe(1);
      expect(out).toMatch(/THE LOG WAS CHANGED\.\n {2}altered +desk-2026-01-02\.jsonl:\d+ {2}record/);
    }
    expect(await ask('verify', fileOf(dir, 'agent'))).toMatchObject({ code: 0 });
  });

  it.each([[['--json']], [[]]])('proves against the heads that were exported (%j)', async (format) => {
    const heads = join(home, 'heads');
    const exported = await ask('heads', ...format);
    expect(exported.code).toBe(0);
    writeFileSync(heads, exported.out);
    expect(await ask('verify', '--heads', heads)).toMatchObject({ code: 0 });
    unlinkSync(fileOf(dir, 'agent'));
    expect(await ask('verify')).toMatchObject({ code: 0 });
    const { code, out } = await ask('verify', '--heads', heads);
    expect(code).toBe(1);
    expect(out).toMatch(/missing +agent-2026-01-02\.jsonl {2}the file is gone/);
    expect(await ask('verify', '--heads', heads, '--since', '2026-01-03')).toMatchObject({ code: 0 });
  });

  it('accepts only the keys it is given', async () => {
    const key = (JSON.parse(readFileSync(fileOf(dir, 'desk'), 'utf8').split('\n')[0] ?? '') as { key: string }).key;
    expect(await ask('verify', '--key', key)).toMatchObject({ code: 0 });
    expect(await ask('verify', '--key', key.toLowerCase())).toMatchObject({ code: 1 });
  });

  it('prints no byte that a terminal acts on, whatever somebody named a file or wrote into it', async () => {
    const hostile = join(home, 'a\x1b[31m\u202e');
    writeFileSync(hostile, '{"seq":0,"prev":"","instance":"x","kind":"end","id":"\\u001b[31m"}\n');
    const { code, out } = await ask('verify', hostile);
    expect(code).toBe(1);
    expect(out).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('tells a use of a process that is running from one that was cut off', async () => {
    const { hostname } = await import('node:os');
    const line = readFileSync(fileOf(dir, 'agent'), 'utf8');
    const captured = join(home, 'captured');
    const cut = line.split('\n').filter((each) => !each.includes('"kind":"end"'));
    const running = cut.join('\n').replace('"pid":4711,"host":"here"', `"pid":${process.pid},"host":"${hostname()}"`);
    writeFileSync(captured, cut.join('\n'));
    expect((await ask('verify', captured)).out).toMatch(/unfinished .*has no end/);
    writeFileSync(captured, running);
    expect((await ask('verify', captured)).out).toMatch(/open .*is under way/);
  });
});

describe('keywright audit query', () => {
  it('finds records and the ends of their uses by client, host and secret', async () => {
    const { out } = await ask('query', '--host', 'api.example.com', '--client', 'desk', '--secret', 'github', '--json');
    expect(column(out, 'kind')).toEqual(['use', 'end', 'use', 'use', 'end', 'end']);
    expect(column((await ask('query', '--host', 'other.example.com', '--json')).out, 'kind')).toEqual(['use', 'end']);
  });

  it('merges several instances by time', async () => {
    const { out } = await ask('query', '--kind', 'use', '--json');
    const times = column(out, 'time');
    expect(times).toEqual(times.toSorted());
    expect(new Set(column(out, 'instance'))).toEqual(new Set(['desk', 'agent']));
  });

  it.each([
    [['--code', 'no_policy'], ['r']],
    [['--kind', 'refused', '--policy', 'read'], []],
    [['--id', 'r'], ['r']],
    [['--masked'], []],
    [['--code', 'no_policy', '--until', '2026-01-02'], []],
    [['--code', 'no_policy', '--since', '2026-01-02T12:00:00Z', '--until', '2026-01-02T13:00:00+00:00'], ['r']],
    [['--code', 'no_policy', '--since', '1h'], []],
  ])('%j finds %j', async (args, ids) => {
    const { out, code } = await ask('query', ...args, '--json');
    expect(code).toBe(0);
    expect(out === '' ? [] : column(out, 'id')).toEqual(ids);
  });

  it('prints what a caller put into a path so that no terminal acts on it', async () => {
    appendFileSync(
      fileOf(dir, 'desk'),
      '{"seq":99,"prev":"","time":"\u202e","kind":"refused","path":"\x9b31m"}\n',
      'utf8',
    );
    for (const format of [[], ['--json']]) {
      const { out } = await ask('query', ...format);
      expect(out).toMatch(/^[\x20-\x7e\n]*$/);
      expect(out).toContain('\\u001b[31m\\u202e');
    }
  });

  it('reads captured output too', async () => {
    const captured = join(home, 'captured.log');
    writeFileSync(captured, `starting\n${readFileSync(fileOf(dir, 'agent'), 'utf8')}`);
    expect(column((await ask('query', captured, '--kind', 'end', '--json')).out, 'instance')).toEqual(['agent']);
  });
});

describe('keywright audit tail', () => {
  it('prints the last records of all files', async () => {
    const { out } = await ask('tail', '-n', '3', '--json');
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect((await ask('tail')).out).toMatch(/refused +desk +GET https:\/\/api\.example\.com\/\\u001b\[31m/);
  });

  it('goes on with what is written until it is interrupted', async () => {
    let out = '';
    let interrupt: ((signal: NodeJS.Signals) => void) | undefined;
    let listening = true;
    const terminal: Terminal = {
      environment: {},
      home,
      platform: process.platform,
      interactive: false,
      out: (text) => void (out += text),
      error: () => undefined,
      input: () => Promise.resolve(''),
      inputBytes: () => Promise.resolve(Buffer.alloc(0)),
      askHidden: () => Promise.resolve(undefined),
      onSignal: (listener) => {
        interrupt = listener;
        return () => void (listening = false);
      },
      reach: { kind: 'readable', why: 'it is a test' },
      drained: () => Promise.resolve(),
    };
    const ended = runProgram(['audit', 'tail', '-f', '-n', '0', '--config', config], terminal);
    const later = openLog(dir, 'later', noon + 5000);
    await later.requests(1, 'new.example.com');
    while (!/end .*new\.example\.com.* ok/.test(out)) await delay(10);
    interrupt?.('SIGWINCH');
    interrupt?.('SIGINT');
    expect(await ended).toBe(0);
    expect(listening).toBe(false);
    expect(out).not.toContain('other.example.com');
  });
});

describe('the audit log of `run`', () => {
  it('is read where there is no configuration', async () => {
    const state = join(home, 'state');
    await openLog(join(state, 'keywright', 'audit'), 'run').audit.close();
    const environment = { XDG_STATE_HOME: state, XDG_CONFIG_HOME: join(home, 'none') };
    expect((await say(['audit', 'verify'], home, environment)).out).toMatch(/^1 file, /);
  });
});
