import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRing, publish, readRing, replaceRing, trustPem } from '../../src/ca/directory.js';
import { makeGeneration } from '../../src/ca/generation.js';
import { formatRing, type Ring, withNext } from '../../src/ca/ring.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError, UsageError } from '../../src/core/usage-error.js';
import { failure } from './support.js';

let root: string;
let dir: string;
let made: number;
const ring: Ring = { active: makeGeneration({ clock: systemClock }) };
const other: Ring = { active: makeGeneration({ clock: systemClock }) };
const open = (): Ring =>
  openRing(dir, () => {
    made += 1;
    return ring;
  });
const certificate = (): string => join(dir, 'ca.pem');
const key = (): string => join(dir, 'ca-key.pem');
const text = (path: string): string => readFileSync(path, 'utf8');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keywright-ca-'));
  dir = join(root, 'certs');
  made = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the folder of the generated CA', () => {
  it('is not filled anew where the key is lost though the certificate is there', () => {
    open();
    rmSync(key());
    const error = failure(open);
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`${key()} is missing though ${certificate()} is there`);
    expect(readdirSync(dir)).toEqual(['ca.pem']);
    expect(made).toBe(1);
  });

  it.each([0o644, 0o640, 0o660])('is refused with a key of mode %o', (mode) => {
    open();
    chmodSync(key(), mode);
    expect(failure(open).message).toContain('make it 0600');
  });

  it.each([
    ['to nowhere', () => join(root, 'nowhere')],
    ['to a key of somebody else', () => join(root, 'theirs.pem')],
  ])('is refused, and not filled anew, where the key is a link %s', (_, target) => {
    open();
    writeFileSync(join(root, 'theirs.pem'), formatRing(other), { mode: 0o600 });
    rmSync(key());
    symlinkSync(target(), key());
    expect(failure(open).message).toContain('is a link, or no file');
    expect(made).toBe(1);
  });

  it('is refused where somebody put a certificate of theirs in the place of ours, and leaves it to be looked at', () => {
    open();
    writeFileSync(certificate(), trustPem(other));
    const error = failure(open);
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain('holds a certificate that is not of this CA (CN=Keywright interception CA ');
    expect(text(certificate())).toBe(trustPem(other));
  });

  it('is refused where the certificate is a link', () => {
    open();
    renameSync(certificate(), join(root, 'moved.pem'));
    symlinkSync(join(root, 'moved.pem'), certificate());
    expect(failure(open).message).toContain('is a link, or no file');
  });

  it('cannot be a file', () => {
    writeFileSync(dir, '');
    expect(failure(open).message).toBe(`The CA in ${dir} cannot be opened or made there (EEXIST).`);
  });

  it.each([0o770, 0o707, 0o722])('is refused with mode %o: others could put their CA there', (mode) => {
    open();
    chmodSync(dir, mode);
    expect(failure(open).message).toContain('can be written by others');
  });

  it('that others may write is refused, and left as it is, where it is for other things too', () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'passwd'), '');
    chmodSync(dir, 0o777);
    expect(failure(open).message).toContain('can be written by others');
    expect(statSync(dir).mode & 0o777).toBe(0o777);
    expect(readdirSync(dir)).toEqual(['passwd']);
  });

  it('is made for its owner alone, key and all', () => {
    open();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(key()).mode & 0o777).toBe(0o600);
    expect(text(key())).toBe(formatRing(ring));
    expect(text(certificate())).toBe(trustPem(ring));
    expect(readdirSync(dir).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  it('becomes the owner alone where it was there with nothing but what git keeps of it', () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'README.md'), '');
    writeFileSync(join(dir, '.gitignore'), '');
    chmodSync(dir, 0o777);
    open();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('keeps the CA it has', () => {
    open();
    expect(formatRing(open())).toBe(formatRing(ring));
    expect(made).toBe(1);
  });

  it('gets its certificate back where only that is lost: it is in the key file too', () => {
    open();
    rmSync(certificate());
    open();
    expect(text(certificate())).toBe(trustPem(ring));
    expect(made).toBe(1);
  });
});

describe('a folder as a stopped process left it', () => {
  it('with a draft of the first key is filled as if nothing had been there', () => {
    mkdirSync(dir, { mode: 0o700 });
    writeFileSync(`${key()}.${'ab'.repeat(8)}.new`, '-----BEGIN PRI', { mode: 0o600 });
    open();
    expect(text(key())).toBe(formatRing(ring));
  });

  it('with the key in place, under its draft name too, and no certificate yet, is completed', () => {
    mkdirSync(dir, { mode: 0o700 });
    writeFileSync(key(), formatRing(ring), { mode: 0o600 });
    linkSync(key(), `${key()}.${'ab'.repeat(8)}.new`);
    open();
    expect(text(certificate())).toBe(trustPem(ring));
    expect(made).toBe(0);
  });
});

describe('the CA of version 0.1.0, whose key file held the key alone', () => {
  const pair = makeRoot({ clock: systemClock });
  beforeEach(() => {
    mkdirSync(dir, { mode: 0o700 });
    writeFileSync(key(), pair.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(certificate(), pair.certificate.toString());
  });

  it('is refused without its certificate', () => {
    rmSync(certificate());
    expect(failure(open).message).toContain(`${certificate()} is missing though ${key()} is there`);
  });

  it('is refused with the certificate of another', () => {
    writeFileSync(certificate(), trustPem(other));
    expect(failure(open)).toBeInstanceOf(UsageError);
  });

  it('is opened, and left as it is', () => {
    const before = text(key());
    expect(open().active.chain[0].raw).toEqual(pair.certificate.raw);
    expect(text(key())).toBe(before);
    expect(made).toBe(0);
  });
});

describe('changing the CA of a folder', () => {
  it('is refused where there is none, and makes nothing', () => {
    expect(failure(() => readRing(dir)).message).toContain('There is no CA in');
    expect(readdirSync(root)).toEqual([]);
  });

  it('is refused where another process changed it in between', () => {
    open();
    const before = readRing(dir).text;
    const theirs = withNext(ring.active, makeGeneration({ clock: systemClock }));
    replaceRing(dir, before, theirs);
    expect(failure(() => replaceRing(dir, before, ring)).message).toContain('changed by another process');
    expect(text(key())).toBe(formatRing(theirs));
  });

  it('keeps the modes, and leaves nothing beside', () => {
    open();
    const next = withNext(ring.active, makeGeneration({ clock: systemClock }));
    replaceRing(dir, readRing(dir).text, next);
    publish(dir, next, [ring]);
    expect(statSync(key()).mode & 0o777).toBe(0o600);
    expect(text(certificate())).toBe(trustPem(next));
    expect(readdirSync(dir).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });
});
