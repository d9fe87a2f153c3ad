import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
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
    const error = failure(() => readPemFile({ path: join(dir, 'none.pem'), what: 'The CA key', secret: true }));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toBe(`The CA key ${join(dir, 'none.pem')} is missing.`);
  });

  it('says that what is there and cannot be read is unreadable, not missing', () => {
    chmodSync(dir, 0o700);
    const error = failure(() => readPemFile({ path: dir, what: 'The CA certificate', secret: false }));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toBe(`The CA certificate ${dir} cannot be read (EISDIR).`);
    const below = failure(() => readPemFile({ path: join(file, 'x'), what: 'The CA certificate', secret: false }));
    expect(below.message).toContain('cannot be read (ENOTDIR)');
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])('refuses a secret of mode %o', (mode) => {
    chmodSync(file, mode);
    const error = failure(() => readPemFile({ path: file, what: 'The CA key', secret: true }));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`mode 0${mode.toString(8)}`);
    expect(error.message).not.toContain('content');
  });

  it.each([0o600, 0o400])('reads a secret of mode %o', (mode) => {
    chmodSync(file, mode);
    expect(readPemFile({ path: file, what: 'The CA key', secret: true })).toBe('content');
  });

  it.each(['a link', 'a link to nowhere', 'a folder', 'a pipe'])(
    'refuses %s in the place of a file of our own',
    (what) => {
      const path = join(mkdtempSync(join(dir, 'own-')), 'x.pem');
      if (what === 'a link') symlinkSync(file, path);
      if (what === 'a link to nowhere') symlinkSync(join(dir, 'none'), path);
      if (what === 'a folder') mkdirSync(path);
      if (what === 'a pipe') expect(spawnSync('mkfifo', [path]).status).toBe(0);
      const error = failure(() => readPemFile({ path, what: 'The CA key', secret: true, own: true }));
      expect(error).toBeInstanceOf(MissingError);
      expect(error.message).toContain(`${path} is a link, or no file`);
    },
  );

  it("reads by way of a link where the file is the operator's", () => {
    const path = join(mkdtempSync(join(dir, 'theirs-')), 'x.pem');
    symlinkSync(file, path);
    expect(readPemFile({ path, what: 'The CA key', secret: true })).toBe('content');
  });

  it('does not read what has no end', () => {
    const large = join(dir, 'large.pem');
    writeFileSync(large, '', { mode: 0o600 });
    truncateSync(large, 1024 * 1024 + 1);
    for (const path of [large, '/dev/zero']) {
      expect(failure(() => readPemFile({ path, what: 'The CA certificate', secret: false })).message).toContain(
        '1 MiB',
      );
    }
  });

  it('reads what is no secret in any mode', () => {
    chmodSync(file, 0o644);
    expect(readPemFile({ path: file, what: 'The CA certificate', secret: false })).toBe('content');
  });
});

describe('the code of an error', () => {
  it('is the system one where there is one', () => {
    expect(errorCode(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
    expect(errorCode(new Error('x'))).toBe('unknown error');
    expect(errorCode('x')).toBe('unknown error');
  });
});
