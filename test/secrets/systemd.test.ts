import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { systemdSource } from '../../src/secrets/systemd.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const options = z.object(systemdSource.options);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-systemd-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const source = (given: object, environment: Record<string, string> = { CREDENTIALS_DIRECTORY: folder }): Source =>
  systemdSource.make(options.parse(given), sourceContext({ environment }));
const why = (made: Source): Promise<string> => whyUnavailable(made.fetch(fetchContext()));
const write = (name: string, text: string, mode = 0o400): void =>
  writeFileSync(join(folder, name), text, { mode, flag: 'w' });

describe('a systemd credential that cannot be used', () => {
  it.each(['', '.', '..', '../token', '/token', 'a/b', 'a\0b', 'x'.repeat(256)])(
    'has a name that leads elsewhere or that no file has: %j',
    (credential) => {
      expect(options.safeParse({ credential }).success).toBe(false);
    },
  );

  it('is of no unit: the variable is not set, or is no absolute path', async () => {
    const reason = /CREDENTIALS_DIRECTORY is not set: systemd sets it for a unit that has credentials$/;
    expect(await why(source({ credential: 'token' }, {}))).toMatch(reason);
    expect(await why(source({ credential: 'token' }, { CREDENTIALS_DIRECTORY: '.' }))).toMatch(reason);
  });

  it('is not there', async () => {
    expect(await why(source({ credential: 'missing' }))).toBe(
      `the secret github is not available: the credential missing in ${folder} does not exist`,
    );
  });

  it('can be written by others: it was not put there by systemd', async () => {
    write('open', value);
    chmodSync(join(folder, 'open'), 0o622);
    expect(await why(source({ credential: 'open' }))).toMatch(/can be written by others than its owner/);
  });
});

describe('a systemd credential', () => {
  it('is the text of the file, less one newline, and is never asked for again', async () => {
    write('..token', `${value}\n`);
    const fetched = await source({ credential: '..token' }).fetch(fetchContext());
    expect(reveal(fetched.fields['value']!)).toBe(value);
    expect(fetched.expiresAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('may have fields', async () => {
    write('both', JSON.stringify({ user: 'name-of-user', password: value }));
    const { fields } = await source({ credential: 'both', format: 'json' }).fetch(fetchContext());
    expect(reveal(fields['password']!)).toBe(value);
  });
});
