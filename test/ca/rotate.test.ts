import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readRing } from '../../src/ca/directory.js';
import { openGeneratedAuthority } from '../../src/ca/generated.js';
import { rotate, type RotationStep } from '../../src/ca/rotate.js';
import type { Ring } from '../../src/ca/ring.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError } from '../../src/core/usage-error.js';
import { failure } from './support.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-rotate-'));
afterAll(() => rmSync(base, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(base, 'x-'));
});

const open = (folder = dir): ReturnType<typeof openGeneratedAuthority> =>
  openGeneratedAuthority({ dir: folder, clock: systemClock });
const step = (which: RotationStep): Ring => rotate({ dir, step: which, clock: systemClock });
const steps = (...all: RotationStep[]): void => all.forEach(step);
const keyFile = (): string => readFileSync(join(dir, 'ca-key.pem'), 'utf8');

describe('a step of a rotation', () => {
  it('is refused where there is no CA, and makes nothing', () => {
    expect(failure(() => step('begin'))).toBeInstanceOf(MissingError);
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([
    ['finish', [], /There is no next CA: `keywright ca rotate` comes next/],
    ['retire', [], /There is no CA to retire/],
    ['cancel', [], /no rotation to cancel/],
    ['begin', ['begin'], /--finish` or `keywright ca rotate --cancel/],
    ['retire', ['begin'], /does not sign yet/],
    ['begin', ['begin', 'finish'], /--retire/],
    ['finish', ['begin', 'finish'], /signs already/],
  ] as [RotationStep, RotationStep[], RegExp][])(
    '%s is refused after %j, and changes nothing',
    (which, before, why) => {
      open();
      steps(...before);
      const text = keyFile();
      const error = failure(() => step(which));
      expect(error).toBeInstanceOf(MissingError);
      expect(error.message).toMatch(why);
      expect(keyFile()).toBe(text);
      expect(readdirSync(dir).sort()).toEqual(['ca-key.pem', 'ca.pem']);
    },
  );

  it('is refused while another process takes one', () => {
    open();
    writeFileSync(join(dir, 'ca.lock'), `${hostname()} ${process.ppid}\n`);
    expect(failure(() => step('begin')).message).toContain('Another process');
    expect(readRing(dir).ring.next).toBeUndefined();
  });

  it('deletes the key that is retired, and drafts of keys that a stopped process has left', () => {
    open();
    const old = readRing(dir).ring.active.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const draft = join(dir, `ca-key.pem.${'ab'.repeat(8)}.new`);
    writeFileSync(draft, old);
    steps('begin', 'finish');
    expect(keyFile()).toContain(old);
    step('retire');
    for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name), 'utf8')).not.toContain(old);
    expect(existsSync(draft)).toBe(false);
  });

  it('can be taken back: the newer CA signs no longer, then is dropped', () => {
    const { certificatePem, trustPem } = open();
    steps('begin', 'finish', 'cancel');
    expect(open().certificatePem).toBe(certificatePem);
    expect(open().trustPem.match(/BEGIN/g)).toHaveLength(2);
    step('cancel');
    expect(open().trustPem).toBe(trustPem);
  });

  it('leads around as often as it is taken', () => {
    open();
    const subjects = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      steps('begin', 'finish', 'retire');
      subjects.add(open().certificatePem);
    }
    expect(subjects.size).toBe(3);
  });
});

describe('a step that is stopped', () => {
  const script = fileURLToPath(new URL('stopped-rotation.mjs', import.meta.url));
  const hook = fileURLToPath(new URL('../support/typescript-child.mjs', import.meta.url));
  const module = new URL('../../src/ca/rotate.ts', import.meta.url).href;
  const most = 24;

  const run = (folders: readonly string[], which: RotationStep, n: number, how: string) =>
    spawnSync(
      process.execPath,
      ['--no-warnings', '--import', hook, script, module, folders.join(','), which, String(n), how],
      { encoding: 'utf8' },
    );

  /** Whatever was left: a CA that opens, an export that holds what signs, and a step that can be taken. */
  function usable(folder: string, which: RotationStep): void {
    const { certificatePem, trustPem } = open(folder);
    expect(trustPem).toContain(certificatePem);
    expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(trustPem);
    // The lock is that of a process that has ended here, and may be taken over.
    writeFileSync(join(folder, 'ca.lock'), `${hostname()} ${ended}\n`);
    const taken = taking[which](readRing(folder).ring);
    if (!taken) rotate({ dir: folder, step: which, clock: systemClock });
    else expect(() => rotate({ dir: folder, step: which, clock: systemClock })).toThrow(MissingError);
    expect(readdirSync(folder).filter((name) => name.startsWith('ca-key.pem'))).toEqual(['ca-key.pem']);
    open(folder);
  }

  const ended = spawnSync('true').pid;

  /** The files of a folder and how they changed, without what is random in them. */
  function whatIsLeft(folder: string): string {
    const names = readdirSync(folder).map((name) => `${name.replace(/[0-9a-f]{16}/, '')} ${sizeOf(folder, name)}`);
    return names.sort().join('\n');
  }

  function sizeOf(folder: string, name: string): number {
    return readFileSync(join(folder, name), 'utf8').split('BEGIN').length;
  }

  const taking: Readonly<Record<RotationStep, (ring: Ring) => boolean>> = {
    begin: ({ next }) => next !== undefined,
    finish: ({ old }) => old !== undefined,
    retire: ({ old }) => old === undefined,
    cancel: ({ next }) => next === undefined,
  };

  it.each([
    ['begin', []],
    ['finish', ['begin']],
    ['retire', ['begin', 'finish']],
    ['cancel', ['begin']],
  ] as [RotationStep, RotationStep[]][])(
    'at any moment leaves a CA that works and can be rotated on: %s',
    (which, before) => {
      open();
      steps(...before);
      const folders = Array.from({ length: most }, (_, n) => `${dir}-${n}`);
      for (const folder of folders) cpSync(dir, folder, { recursive: true });
      const { stdout, stderr } = run(folders, which, 0, 'stop');
      const ends = stdout.trim().split('\n');
      expect(`${ends.length} ${stderr}`).toBe(`${most} `);
      expect(ends.filter((end) => end === 'stopped').length).toBeGreaterThan(8);
      expect(ends.at(-1)).toBe('done');
      // Several moments leave the same behind.
      const left = new Map(
        folders.filter((_, n) => ends[n] === 'stopped').map((folder) => [whatIsLeft(folder), folder]),
      );
      expect(left.size).toBeGreaterThan(3);
      for (const folder of left.values()) usable(folder, which);
    },
  );

  it.each([7])('by kill -9 before its call number %d leaves one too', (n) => {
    open();
    expect(run([dir], 'begin', n, 'kill').signal).toBe('SIGKILL');
    usable(dir, 'begin');
  });
});
