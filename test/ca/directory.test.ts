import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPair } from '../../src/ca/directory.js';
import { MissingError } from '../../src/core/usage-error.js';

let root: string;
let dir: string;
let made: number;
const make = (): { certificatePem: string; keyPem: string } => {
  made += 1;
  return { certificatePem: `certificate ${made}`, keyPem: `key ${made}` };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keywright-ca-'));
  dir = join(root, 'certs');
  made = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

function failure(): Error {
  try {
    openPair(dir, make);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('the folder of the generated CA', () => {
  it.each([
    ['ca.pem', 'ca-key.pem'],
    ['ca-key.pem', 'ca.pem'],
  ])('is not filled anew where %s is lost', (lost, left) => {
    openPair(dir, make);
    rmSync(join(dir, lost));
    const before = readFileSync(join(dir, left), 'utf8');
    const error = failure();
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`${join(dir, lost)} is missing though ${join(dir, left)} is there`);
    expect(readFileSync(join(dir, left), 'utf8')).toBe(before);
    expect(made).toBe(1);
  });

  it('is not filled anew where the key is a link to nowhere', () => {
    mkdirSync(dir);
    symlinkSync(join(root, 'nowhere'), join(dir, 'ca-key.pem'));
    expect(failure()).toBeInstanceOf(MissingError);
    expect(made).toBe(0);
  });

  it('cannot be a file', () => {
    writeFileSync(dir, '');
    expect(failure().message).toBe(`The CA in ${dir} cannot be opened or made there (EEXIST).`);
  });

  it.each([0o770, 0o707, 0o722])('is refused with mode %o: others could put their CA there', (mode) => {
    openPair(dir, make);
    chmodSync(dir, mode);
    expect(failure().message).toContain('can be written by others');
  });

  it('is made for its owner alone, key and all', () => {
    const paths = openPair(dir, make);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(paths.key).mode & 0o777).toBe(0o600);
    expect(readFileSync(paths.key, 'utf8')).toBe('key 1');
    expect(readFileSync(paths.certificate, 'utf8')).toBe('certificate 1');
  });

  it('becomes the owner alone where it was there and empty', () => {
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    openPair(dir, make);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('keeps the pair it has', () => {
    openPair(dir, make);
    const paths = openPair(dir, make);
    expect(made).toBe(1);
    expect(readFileSync(paths.key, 'utf8')).toBe('key 1');
  });

  it('is claimed by the key, exclusively, before the pair is made; the certificate comes last', () => {
    const paths = openPair(dir, () => {
      expect(statSync(join(dir, 'ca-key.pem')).mode & 0o777).toBe(0o600);
      expect(statSync(join(dir, 'ca.pem'), { throwIfNoEntry: false })).toBeUndefined();
      return make();
    });
    expect(readFileSync(paths.certificate, 'utf8')).toBe('certificate 1');
  });
});
