import { spawn } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createMemoryAuthority,
  type IssuingAuthority,
  loadFileAuthority,
  openGeneratedAuthority,
} from '../../src/ca/authority.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError, UsageError } from '../../src/core/usage-error.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-authority-'));
afterAll(() => rmSync(base, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(base, 'x-'));
});

const day = 86_400_000;
const clockAt = (at: number): { now: () => number; elapsed: () => number } => ({ now: () => at, elapsed: () => at });
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function files(certificate: string, key: string): { cert_file: string; key_file: string } {
  const paths = { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') };
  writeFileSync(paths.cert_file, certificate);
  writeFileSync(paths.key_file, key, { mode: 0o600 });
  return paths;
}

const load = (paths: { cert_file: string; key_file: string }, clock = systemClock): IssuingAuthority =>
  loadFileAuthority({ ...paths, clock });

function failure(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('the CA of the operator', () => {
  const own = makeRoot({ clock: systemClock });
  const ownPem = own.certificate.toString();
  const ownKey = pemOf(own.key);

  it.each(['cert_file', 'key_file'] as const)('is refused where its %s is missing', (which) => {
    const paths = files(ownPem, ownKey);
    rmSync(paths[which]);
    const error = failure(() => load(paths));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`${paths[which]} is missing.`);
  });

  it('is refused where its key is open to others', () => {
    const paths = files(ownPem, ownKey);
    chmodSync(paths.key_file, 0o640);
    expect(failure(() => load(paths)).message).toContain('make it 0600');
  });

  it.each([
    ['with another key', ownPem, pemOf(makeRoot({ clock: systemClock }).key), 'is not the key of the CA'],
    ['without a key', ownPem, 'nothing', 'holds no private key'],
    [
      'with a key that cannot sign',
      ownPem,
      pemOf(generateKeyPairSync('x25519').privateKey),
      'of a kind that cannot be used',
    ],
    ['without a certificate', 'nothing', ownKey, 'holds no certificate'],
    [
      'with a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      ownKey,
      'cannot be parsed',
    ],
  ])('is refused %s', (_, certificate, key, reason) => {
    const error = failure(() => load(files(certificate, key)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(reason);
  });

  it('never puts the content of a key file into an error', () => {
    const secret = pemOf(own.key).replace('MIG', 'MIX');
    const error = failure(() => load(files(ownPem, secret)));
    expect(`${error.message} ${String(error.cause)}`).not.toContain(secret.split('\n')[1]);
    expect(error.cause).toBeUndefined();
  });

  it('is refused where it is a server certificate', () => {
    const { cert, key } = serverCertificate(testAuthority(), ['a.test']);
    expect(failure(() => load(files(cert, key))).message).toContain('is not that of a CA');
  });

  it('is refused once it has expired, and before it begins', () => {
    const paths = files(ownPem, ownKey);
    const [begin, end] = [Date.parse(own.certificate.validFrom), Date.parse(own.certificate.validTo)];
    expect(failure(() => load(paths, clockAt(end))).message).toContain('expired on');
    expect(failure(() => load(paths, clockAt(begin - 1))).message).toContain('is not valid before');
    expect(load(paths, clockAt(end - 1)).certificatePem).toBe(ownPem);
    expect(load(paths, clockAt(begin)).certificatePem).toBe(ownPem);
  });

  it('sends nothing after its leaves where it is the root', () => {
    const authority = load(files(ownPem, ownKey));
    expect(authority.chainPem).toBe('');
    expect(authority.trustPem).toBe(ownPem);
    expect(authority.certificateDer).toEqual(own.certificate.raw);
    expect(authority.issue({ host: 'a.test' }).certificatePem.match(/BEGIN/g)).toHaveLength(1);
  });
});

describe('a CA in memory', () => {
  it('issues nothing once it has expired', () => {
    const clock = { at: Date.parse('2026-11-23T12:00:00Z'), now: () => clock.at, elapsed: () => clock.at };
    const authority = createMemoryAuthority({ clock, lifetimeMs: day });
    expect(authority.issue({ host: 'a.test' }).notAfter).toBe(clock.at + day);
    clock.at += day;
    expect(() => authority.issue({ host: 'a.test' })).toThrow(MissingError);
  });

  it('gives a leaf with the key that belongs to it, valid until it says', () => {
    const leaf = createMemoryAuthority({ clock: systemClock }).issue({ host: 'a.test' });
    const certificate = new X509Certificate(leaf.certificatePem);
    expect(certificate.checkPrivateKey(createPrivateKey(leaf.keyPem))).toBe(true);
    expect(Math.abs(Date.parse(certificate.validTo) - leaf.notAfter)).toBeLessThan(1000);
  });
});

describe('the generated CA', () => {
  const open = (permit?: readonly string[]): IssuingAuthority =>
    openGeneratedAuthority({ dir, permit, clock: systemClock });

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

  it('is never made anew where one of its files is lost or cannot be read', () => {
    open();
    const certificate = readFileSync(join(dir, 'ca.pem'), 'utf8');
    rmSync(join(dir, 'ca-key.pem'));
    expect(failure(() => open())).toBeInstanceOf(MissingError);
    mkdirSync(join(dir, 'ca-key.pem'), { mode: 0o700 });
    expect(failure(() => open()).message).toContain('cannot be read (EISDIR)');
    expect(readFileSync(join(dir, 'ca.pem'), 'utf8')).toBe(certificate);
  });

  it('is the same one the next time', () => {
    const first = open(['a.test', 'b.test']);
    expect(open(['b.test', 'a.test']).certificatePem).toBe(first.certificatePem);
    expect(statSync(join(dir, 'ca-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('is one where several processes open it at once', async () => {
    const support = fileURLToPath(new URL('../support/', import.meta.url));
    const program = `
      import { openGeneratedAuthority } from ${JSON.stringify(new URL('../../src/ca/authority.ts', import.meta.url).href)};
      process.stdin.once('data', () => {
        const clock = { now: () => Date.now(), elapsed: () => 0 };
        process.stdout.write(openGeneratedAuthority({ dir: ${JSON.stringify(join(dir, 'deep', 'certs'))}, clock }).certificatePem);
        process.exit(0);
      });
      process.stderr.write('ready');
    `;
    const args = [
      '--no-warnings',
      '--import',
      join(support, 'typescript-child.mjs'),
      '--input-type=module',
      '-e',
      program,
    ];
    const children = Array.from({ length: 3 }, () => spawn(process.execPath, args));
    const answers = children.map((child) => text(child.stdout));
    for (const child of children) await once(child.stderr, 'data');
    for (const child of children) child.stdin.end('go');
    const certificates = await Promise.all(answers);
    expect(certificates[0]).toContain('BEGIN CERTIFICATE');
    expect(new Set(certificates).size).toBe(1);
  });
});
