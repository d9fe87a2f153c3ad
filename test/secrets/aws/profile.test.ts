import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsFailure } from '../../../src/secrets/aws/failure.js';
import { readProfile, type Profile } from '../../../src/secrets/aws/profile.js';
import { reveal } from '../../../src/secrets/seal.js';
import { sourceContext } from '../context.js';

const key = 'pw8d1f0c';
const keys = (id: string): string => `aws_access_key_id=${id}\naws_secret_access_key=${key}\n`;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'profile-'));
  mkdirSync(join(home, '.aws'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(file: 'credentials' | 'config', text: string, mode = 0o600): void {
  writeFileSync(join(home, '.aws', file), text);
  chmodSync(join(home, '.aws', file), mode);
}

const read = (name: string, environment: Record<string, string> = {}): Promise<Profile> =>
  readProfile(name, sourceContext({ environment: { HOME: home, ...environment } }));

describe('a profile', () => {
  it.each([
    ['is not there', '', '', 'there is no profile p in'],
    ['has no secret', '[p]\naws_access_key_id=AKIA1', '', 'has no aws_access_key_id or no aws_secret_access_key'],
    ['starts a program', '', '[profile p]\ncredential_process = /bin/evil', 'uses credential_process'],
    [
      'asks the machine',
      '',
      '[profile p]\nrole_arn=r\ncredential_source=Ec2InstanceMetadata',
      'uses credential_source',
    ],
    ['opens a browser', `[p]\n${keys('AKIA1')}`, '[profile p]\nsso_session=x', 'uses sso_session'],
    ['has a role and no source', '', '[profile p]\nrole_arn = r', 'has a role_arn and no source_profile'],
    ['has a source that is not there', '', '[profile p]\nrole_arn = r\nsource_profile = q', 'there is no profile q'],
    [
      'has a source with a role of its own',
      `[q]\n${keys('AKIA1')}`,
      '[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = r\nsource_profile = p',
      'which is not followed',
    ],
    ['stands in `config` without the word `profile`', '', `[p]\n${keys('AKIA1')}`, 'there is no profile p'],
  ])('is refused where it %s', async (_, credentials, config, message) => {
    write('credentials', credentials);
    write('config', config);
    const failure = await read('p').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AwsFailure);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).not.toContain(key);
  });

  it.each([
    [0o644, 'can be read by others'],
    [0o640, 'can be read by others'],
    [0o620, 'can be written by others'],
  ])('is refused where its file has the mode %o', async (mode, message) => {
    write('credentials', `[default]\n${keys('AKIA1')}`, mode);
    await expect(read('default')).rejects.toThrow(message);
  });

  it('is refused where others can write who is assumed', async () => {
    write('credentials', `[default]\n${keys('AKIA1')}`);
    write('config', '[default]\nrole_arn = r\nsource_profile = default', 0o666);
    await expect(read('default')).rejects.toThrow('can be written by others');
  });

  it('has its keys, those of `credentials` before those of `config`', async () => {
    write('credentials', `[default]\n${keys('AKIA1')}aws_session_token = tok\n`);
    write('config', `[default]\n${keys('AKIA2')}region = x`);
    const { keys: own, role } = await read('default');
    expect([own.id, own.secret, own.token!].map(reveal)).toEqual(['AKIA1', key, 'tok']);
    expect(role).toBeUndefined();
  });

  it('may assume a role with the keys of another or with its own', async () => {
    write('credentials', `[q]\n${keys('AKIA1')}`);
    write('config', '[profile p]\nrole_arn=r\nsource_profile=q\nexternal_id=e\nrole_session_name=me', 0o644);
    const { keys: own, role } = await read('p');
    expect(reveal(own.id)).toBe('AKIA1');
    expect(role).toEqual({ roleArn: 'r', sessionName: 'me', externalId: 'e' });
    write('config', '[profile q]\nrole_arn=r\nsource_profile=q');
    expect((await read('q')).role).toMatchObject({ sessionName: 'keywright' });
  });

  it('is read from where the environment says', async () => {
    write('credentials', `[default]\n${keys('AKIA1')}`);
    const other = join(home, 'other');
    writeFileSync(other, `[default]\n${keys('AKIA9')}`, { mode: 0o600 });
    const { keys: own } = await read('default', { AWS_SHARED_CREDENTIALS_FILE: other, AWS_CONFIG_FILE: '/nowhere' });
    expect(reveal(own.id)).toBe('AKIA9');
  });
});
