import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { errorCode, readPemFile } from '../../src/ca/pem-file.js';
import { MissingError } from '../../src/core/usage-error.js';

const dir = mkdtempSync(join(tmpdir(), 'keywright-pem-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = join(dir, 'a.pem');
writeFileSync(file, 'content');

function failure(read: () => unknown): Error {
  try {
    read();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('reading a PEM file', () => {
  it('says that a missing file is missing', () => {
    const error = failure(() => readPemFile(join(dir, 'none.pem'), 'The CA key', true));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toBe(`The CA key ${join(dir, 'none.pem')} is missing.`);
  });

  it('says that what is there and cannot be read is unreadable, not missing', () => {
    chmodSync(dir, 0o700);
    const error = failure(() => readPemFile(dir, 'The CA certificate', false));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toBe(`The CA certificate ${dir} cannot be read (EISDIR).`);
    const below = failure(() => readPemFile(join(file, 'x'), 'The CA certificate', false));
    expect(below.message).toContain('cannot be read (ENOTDIR)');
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])('refuses a secret of mode %o', (mode) => {
    chmodSync(file, mode);
    const error = failure(() => readPemFile(file, 'The CA key', true));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`mode 0${mode.toString(8)}`);
    expect(error.message).not.toContain('content');
  });

  it.each([0o600, 0o400])('reads a secret of mode %o', (mode) => {
    chmodSync(file, mode);
    expect(readPemFile(file, 'The CA key', true)).toBe('content');
  });

  it('reads what is no secret in any mode', () => {
    chmodSync(file, 0o644);
    expect(readPemFile(file, 'The CA certificate', false)).toBe('content');
  });
});

describe('the code of an error', () => {
  it('is the system one where there is one', () => {
    expect(errorCode(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
    expect(errorCode(new Error('x'))).toBe('unknown error');
    expect(errorCode('x')).toBe('unknown error');
  });
});
