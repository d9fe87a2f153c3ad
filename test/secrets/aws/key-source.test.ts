import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { reveal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { fakeAws, type FakeAws } from '../fakes/aws.js';
import { openAws, type OpenAws } from './open.js';

const role = 'arn:aws:iam::123456789012:role/';
let folder: string;
let aws: FakeAws;
let opened: OpenAws;

function writeProfile(roleArn: string, secret = aws.user.secret): void {
  const text = `[q]\naws_access_key_id=${aws.user.id}\naws_secret_access_key=${secret}\n`;
  writeFileSync(join(folder, 'credentials'), text, { mode: 0o600 });
  writeFileSync(join(folder, 'config'), `[profile p]\nrole_arn=${roleArn}\nsource_profile=q\n`);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  aws = fakeAws();
  aws.rotate('db', { text: 'value-1' });
  for (const name of ['first', 'second']) aws.roles.set(role + name, {});
  writeProfile(`${role}first`);
  const environment = {
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_CONFIG_FILE: join(folder, 'config'),
  };
  opened = await openAws({ credentials: { from: 'profile', profile: 'p' } }, { environment }, aws);
});
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = async () =>
  reveal((await opened.source('aws', { secret_id: 'db' }).fetch(fetchContext())).fields['value']!);
const why = () => whyUnavailable(opened.source('aws', { secret_id: 'db' }).fetch(fetchContext()));

describe('the role of a profile', () => {
  it('that is refused is not asked for again for a minute', async () => {
    writeProfile(`${role}third`);
    const first = await why();
    expect(first).toContain('(AccessDenied)');
    expect(await why()).toBe(first);
    expect(opened.server.requests).toHaveLength(1);
    expect(opened.events).toMatchObject([{ event: 'login_failed', backend: 'cloud' }]);
  });

  it('is assumed once for many uses', async () => {
    expect([await get(), await get()]).toEqual(['value-1', 'value-1']);
    expect(aws.sessions.map(({ form }) => form['RoleArn'])).toEqual([`${role}first`]);
    expect(opened.events).toMatchObject([{ event: 'login' }]);
  });

  it('is assumed again where its keys are dead', async () => {
    await get();
    aws.keys.delete(aws.sessions[0]!.keys.id);
    expect(await get()).toBe('value-1');
    expect(aws.sessions).toHaveLength(2);
  });

  it('is not used on where the profile names another', async () => {
    await get();
    writeProfile(`${role}second`);
    expect(await get()).toBe('value-1');
    expect(aws.sessions.map(({ form }) => form['RoleArn'])).toEqual([`${role}first`, `${role}second`]);
  });
});

describe('the keys of a profile', () => {
  it('that are refused are not tried again for a minute, but others are at once', async () => {
    const write = (secret: string): void => {
      const text = `[p]\naws_access_key_id=${aws.user.id}\naws_secret_access_key=${secret}\n`;
      writeFileSync(join(folder, 'credentials'), text, { mode: 0o600 });
      writeFileSync(join(folder, 'config'), '');
    };
    write('wrong');
    const first = await why();
    expect(first).toContain('(InvalidSignatureException)');
    expect(await why()).toBe(first);
    expect(opened.server.requests).toHaveLength(1);
    write(aws.user.secret);
    expect(await get()).toBe('value-1');
  });
});
