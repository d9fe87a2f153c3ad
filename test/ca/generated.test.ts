import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IssuingAuthority } from '../../src/ca/authority.js';
import { openGeneratedAuthority } from '../../src/ca/generated.js';
import { rotate, type RotationStep } from '../../src/ca/rotate.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError, UsageError } from '../../src/core/usage-error.js';
import { clockAt, day, failure } from './support.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-generated-'));
afterAll(() => rmSync(base, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(base, 'x-'));
});

const open = (permit?: readonly string[], clock = systemClock): IssuingAuthority =>
  openGeneratedAuthority({ dir, permit, clock });
const step = (which: RotationStep, permit?: readonly string[], finishAfter?: number): unknown =>
  rotate({ dir, permit, step: which, clock: systemClock, finishAfter });
/** Who signs: the issuer of a leaf, as its certificate says. */
const signerOf = (authority: IssuingAuthority): string =>
  new X509Certificate(authority.issue({ host: 'a.test' }).certificatePem).issuer;
const subjectOf = (authority: IssuingAuthority): string => new X509Certificate(authority.certificatePem).subject;

describe('the generated CA', () => {
  it.each([
    [undefined, ['a.test']],
    [['a.test'], undefined],
    [['a.test'], ['a.test', 'b.test']],
  ])('is refused where it was made for %j and %j is wanted now', (before, now) => {
    open(before);
    const error = failure(() => open(now));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('made for other names');
  });

  it('comes to be for other names by a rotation', () => {
    open(['a.test']);
    step('begin', ['b.test']);
    expect(() => open(['b.test'])).not.toThrow();
    step('finish');
    expect(failure(() => open(['a.test']))).toBeInstanceOf(UsageError);
    expect(signerOf(open(['b.test']))).toBe(subjectOf(open(['b.test'])));
  });

  it('is refused once it has expired; a rotation makes the next one', () => {
    const { certificatePem } = open();
    const end = Date.parse(new X509Certificate(certificatePem).validTo);
    const error = failure(() => open(undefined, clockAt(end)));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain('expired on');
    for (const which of ['begin', 'finish'] as const) rotate({ dir, step: which, clock: clockAt(end + day) });
    expect(open(undefined, clockAt(end + day)).certificatePem).not.toBe(certificatePem);
  });

  it('goes on as it was under a running process while its files are swapped, and is refused when next opened', () => {
    const running = open();
    const signer = signerOf(running);
    const elsewhere = openGeneratedAuthority({ dir: join(base, 'elsewhere'), clock: systemClock });
    writeFileSync(join(dir, 'ca.pem'), elsewhere.trustPem);
    expect(signerOf(running)).toBe(signer);
    expect(failure(() => open())).toBeInstanceOf(MissingError);
  });

  it('is the same one the next time', () => {
    const first = open(['a.test', 'b.test']);
    expect(open(['b.test', 'a.test']).certificatePem).toBe(first.certificatePem);
    expect(statSync(join(dir, 'ca-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('opens in a folder that cannot be written', () => {
    const { trustPem } = open();
    chmodSync(dir, 0o500);
    try {
      expect(open().trustPem).toBe(trustPem);
    } finally {
      chmodSync(dir, 0o700);
    }
  });
});

describe('the generated CA during a rotation', () => {
  it('signs with the old one, then with the new one, and is trusted by both until one is retired', () => {
    const before = open();
    step('begin');
    const published = open();
    expect(signerOf(published)).toBe(subjectOf(before));
    expect(published.trustPem.startsWith(before.trustPem)).toBe(true);
    expect(published.trustPem.match(/BEGIN/g)).toHaveLength(2);
    step('finish');
    const overlap = open();
    expect(signerOf(overlap)).not.toBe(subjectOf(before));
    expect(overlap.trustPem.endsWith(before.trustPem)).toBe(true);
    expect(overlap.chainPem.match(/BEGIN/g)).toHaveLength(1);
    step('retire');
    const after = open();
    expect(signerOf(after)).toBe(signerOf(overlap));
    expect(after.trustPem).not.toContain(before.trustPem);
    expect(after.chainPem).toBe('');
    expect(readFileSync(join(dir, 'ca.pem'), 'utf8')).toBe(after.trustPem);
  });

  it('turns by itself at its time, in a process that was never told', () => {
    const clock = { at: Date.now(), now: () => clock.at, elapsed: () => 0 };
    const before = open();
    step('begin', undefined, day);
    const running = open(undefined, clock);
    expect(signerOf(running)).toBe(subjectOf(before));
    clock.at += 2 * day;
    expect(signerOf(running)).not.toBe(subjectOf(before));
    expect(running.issue({ host: 'a.test' }).certificatePem.match(/BEGIN/g)).toHaveLength(2);
    expect(signerOf(running)).toBe(signerOf(open(undefined, clock)));
  });
});

describe('the generated CA opened by several processes at once', () => {
  it('is one', async () => {
    const support = fileURLToPath(new URL('../support/', import.meta.url));
    const program = `
      import { openGeneratedAuthority } from ${JSON.stringify(new URL('../../src/ca/generated.ts', import.meta.url).href)};
      process.stdin.once('data', () => {
        const clock = { now: () => Date.now(), elapsed: () => 0 };
        process.stdout.write(openGeneratedAuthority({ dir: ${JSON.stringify(join(dir, 'deep', 'certs'))}, clock }).certificatePem);
        process.exit(0);
      });
      process.stderr.write('ready');
    `;
    const hook = join(support, 'typescript-child.mjs');
    const args = ['--no-warnings', '--import', hook, '--input-type=module', '-e', program];
    const children = Array.from({ length: 3 }, () => spawn(process.execPath, args));
    const answers = children.map((child) => text(child.stdout));
    for (const child of children) await once(child.stderr, 'data');
    for (const child of children) child.stdin.end('go');
    const certificates = await Promise.all(answers);
    expect(certificates[0]).toContain('BEGIN CERTIFICATE');
    expect(new Set(certificates).size).toBe(1);
  });
});
