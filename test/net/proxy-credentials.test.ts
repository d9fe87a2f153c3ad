import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { MissingError } from '../../src/core/usage-error.js';
import { proxyCredentials } from '../../src/net/proxy-credentials.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const password = randomBytes(18).toString('base64url');

function fileWith(content: string | Buffer, mode = 0o600): string {
  const path = join(folder, randomBytes(8).toString('hex'));
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function failure(path: string): MissingError {
  try {
    proxyCredentials('u', path);
  } catch (error) {
    expect(error).toBeInstanceOf(MissingError);
    return error as MissingError;
  }
  throw new Error('it was read');
}

describe('the password file of the upstream proxy is refused', () => {
  it.each([0o640, 0o604, 0o660, 0o666, 0o610])('with mode %o, and told how to mend it', (mode) => {
    expect(failure(fileWith(password, mode)).message).toMatch(/make it 0600/);
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', `${password}\n${password}\n`],
    ['a NUL', `${password}\0`],
    ['a tab', `a\t${password}`],
    ['what is no UTF-8', Buffer.from([0xc3, 0x28, 0x61])],
    ['more than a password', 'x'.repeat(4097)],
  ])('with %s in it, and without a word of that', (_, content) => {
    const error = failure(fileWith(content));
    expect(error.message).toMatch(/does not hold a password/);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(password);
  });

  it('where it is missing, a folder, or a pipe that nobody writes to', () => {
    expect(failure(join(folder, 'none')).message).toMatch(/is missing/);
    expect(failure(folder).message).toMatch(/is not a regular file/);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    expect(failure(pipe).message).toMatch(/is not a regular file/);
  });
});

describe('the password file of the upstream proxy', () => {
  it.each([
    ['', password],
    ['\n', password],
    ['\r\n', password],
    [' ', `${password} `],
  ])('is read less one newline at its end: %j', (end, read) => {
    expect(proxyCredentials('u', fileWith(password + end, 0o400))).toEqual({ username: 'u', password: read });
  });
});
