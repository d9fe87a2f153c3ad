import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommonContext } from '../source-context.js';
import { seal } from '../seal.js';
import { AwsFailure } from './failure.js';
import { iniOf, type Ini } from './ini.js';
import type { AwsKeys } from './keys.js';
import { privateFile } from './private-file.js';

/** What a profile says of keys. */
export interface Profile {
  readonly keys: AwsKeys;
  /** To be assumed with these keys. */
  readonly role: ProfileRole | undefined;
}

export interface ProfileRole {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
}

/** Ways to get keys that would start a program, open a browser or ask the machine's metadata, which Keywright does not do. */
const foreign = [
  'credential_process',
  'credential_source',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
  'mfa_serial',
];

/**
 * A profile of the two files of AWS's command line, `~/.aws/credentials` and `~/.aws/config`, or where AWS_SHARED_CREDENTIALS_FILE and
 * AWS_CONFIG_FILE say. What the first has goes before. Read for each use, as keys are rotated there. Rejects with `AwsFailure`.
 */
export async function readProfile(name: string, context: CommonContext): Promise<Profile> {
  const { environment } = context;
  const folder = join(environment['HOME'] ?? homedir(), '.aws');
  const credentials = await readIni(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'));
  const config = await readIni(environment['AWS_CONFIG_FILE'] ?? join(folder, 'config'));
  const files = { credentials, config };
  const settings = settingsOf(name, files);
  const roleArn = settings.get('role_arn')?.value;
  const from = settings.get('source_profile')?.value;
  if (roleArn === undefined) return { keys: keysOf(name, settings, context.name), role: undefined };
  if (from === undefined) throw new AwsFailure(`the profile ${name} has a role_arn and no source_profile`, 'missing');
  const source = settingsOf(from, files);
  if (from !== name && source.has('role_arn')) {
    throw new AwsFailure(
      `the profile ${name} has a source_profile that assumes a role itself, which is not followed`,
      'missing',
    );
  }
  const sessionName = settings.get('role_session_name')?.value ?? 'keywright';
  const role = { roleArn, sessionName, externalId: settings.get('external_id')?.value };
  return { keys: keysOf(from, source, context.name), role };
}

interface Setting {
  readonly value: string;
  readonly file: IniFile;
}

interface IniFile {
  readonly path: string;
  readonly sections: Ini;
  readonly isOpen: boolean;
}

async function readIni(path: string): Promise<IniFile> {
  const file = await privateFile(path);
  return { path, sections: iniOf(file?.text ?? ''), isOpen: file?.isOpen ?? false };
}

function settingsOf(
  name: string,
  { credentials, config }: { credentials: IniFile; config: IniFile },
): ReadonlyMap<string, Setting> {
  const own = [
    [config, config.sections.get(name === 'default' ? 'default' : `profile ${name}`)],
    [credentials, credentials.sections.get(name)],
  ] as const;
  if (own.every(([, section]) => section === undefined)) {
    throw new AwsFailure(`there is no profile ${name} in ${credentials.path} or ${config.path}`, 'missing');
  }
  const settings = new Map(
    own.flatMap(([file, section]) => Array.from(section ?? [], ([key, value]) => [key, { value, file }] as const)),
  );
  const other = foreign.find((key) => settings.has(key));
  if (other !== undefined) throw new AwsFailure(`the profile ${name} uses ${other}, which is not supported`, 'missing');
  return settings;
}

function keysOf(name: string, settings: ReadonlyMap<string, Setting>, sealName: string): AwsKeys {
  const part = (key: string) => {
    const setting = settings.get(key);
    if (setting === undefined || setting.value === '') return undefined;
    const { path, isOpen } = setting.file;
    if (isOpen)
      throw new AwsFailure(
        `the file ${path} holds keys and can be read by others than its owner: chmod 600`,
        'missing',
      );
    return seal(sealName, setting.value);
  };
  const [id, secret] = [part('aws_access_key_id'), part('aws_secret_access_key')];
  if (id === undefined || secret === undefined) {
    throw new AwsFailure(`the profile ${name} has no aws_access_key_id or no aws_secret_access_key`, 'missing');
  }
  return { id, secret, token: part('aws_session_token') };
}
