import { resolve } from 'node:path';
import { reveal, seal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { valueVersion } from '../value-version.js';
import { assumeRole, assumeRoleWithWebIdentity, keysIn } from './assume-role.js';
import type { CredentialsOption } from './credentials-option.js';
import { AwsFailure } from './failure.js';
import type { AwsKeys, KeySource, TemporaryKeys } from './keys.js';
import type { Pauses } from './pause.js';
import { privateFile } from './private-file.js';
import { readProfile, type Profile } from './profile.js';
import { loginPause, RenewedKeys } from './renewed-keys.js';
import type { AwsService } from './service.js';

export interface KeySourceTerms {
  readonly context: CommonContext;
  readonly sts: AwsService;
  readonly pauses: Pauses;
}

type Options<From extends CredentialsOption['from']> = Extract<CredentialsOption, { readonly from: From }>;

/** Where the keys come from that `credentials` asks for. */
export function keySource(options: CredentialsOption, terms: KeySourceTerms): KeySource {
  switch (options.from) {
    case 'environment':
      return fixed(() => Promise.resolve(fromEnvironment(terms.context)), terms);
    case 'secret':
      return fixed(({ secret }, to) => fromSecrets(options, secret, to), terms);
    case 'profile':
      return fromProfile(options, terms);
    case 'web_identity':
      return fromWebIdentity(options, terms);
  }
}

/** Keys that come from outside: when AWS refuses them there are no others. */
function fixed(read: KeySource['keys'], { pauses }: KeySourceTerms): KeySource {
  return {
    async keys(context, to) {
      const keys = await read(context, to);
      pauses.check(digestOf(keys));
      return keys;
    },
    discard: () => false,
    nameOf: digestOf,
    close: () => undefined,
  };
}

function digestOf({ id, secret, token }: AwsKeys): string {
  return valueVersion([id, secret, ...(token === undefined ? [] : [token])].map(reveal).join('\n'));
}

function fromEnvironment({ environment, name }: CommonContext): AwsKeys {
  const part = (variable: string) => {
    const value = environment[variable] ?? '';
    return value === '' ? undefined : seal(name, value);
  };
  const [id, secret] = [part('AWS_ACCESS_KEY_ID'), part('AWS_SECRET_ACCESS_KEY')];
  if (id === undefined || secret === undefined) {
    throw new AwsFailure('AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set', 'missing');
  }
  return { id, secret, token: part('AWS_SESSION_TOKEN') };
}

async function fromSecrets(
  { access_key_id, secret_access_key, session_token }: Options<'secret'>,
  secret: Parameters<KeySource['keys']>[0]['secret'],
  to: string,
): Promise<AwsKeys> {
  const read = async (): Promise<AwsKeys> => ({
    id: await secret(access_key_id, to),
    secret: await secret(secret_access_key),
    token: session_token === undefined ? undefined : await secret(session_token, to),
  });
  const keys = await read();
  // Parts of two fetches, as the secret was replaced in between, would be refused.
  return (await secret(access_key_id, to)) === keys.id ? keys : read();
}

function fromProfile({ profile: name }: Options<'profile'>, terms: KeySourceTerms): KeySource {
  const { context, sts, pauses } = terms;
  let assumed: { readonly digest: string; readonly keys: RenewedKeys } | undefined;
  const login = async ({ keys, role }: Profile, signal: AbortSignal): Promise<TemporaryKeys> => {
    if (role === undefined) throw new TypeError('a profile without a role needs no login');
    return keysIn(context.name, await sts.ask(assumeRole(role), keys, signal), sts.origin);
  };
  return {
    async keys({ signal }) {
      const profile = await readProfile(name, context);
      pauses.check(digestOf(profile.keys));
      if (profile.role === undefined) return profile.keys;
      const digest = valueVersion(JSON.stringify([profile.role, digestOf(profile.keys)]));
      // What was assumed by what stood there before is not used any more.
      if (assumed?.digest !== digest) assumed = { digest, keys: renewed(terms, (until) => login(profile, until)) };
      return assumed.keys.keys(signal);
    },
    discard(keys) {
      assumed?.keys.discard(keys);
      return isTemporary(keys);
    },
    nameOf: (keys) => (isTemporary(keys) ? loginPause : digestOf(keys)),
    close: () => assumed?.keys.close(),
  };
}

function fromWebIdentity(options: Options<'web_identity'>, terms: KeySourceTerms): KeySource {
  const { sts, context } = terms;
  const { environment, folder, name } = context;
  const roleArn = options.role_arn ?? environment['AWS_ROLE_ARN'];
  const file = options.token_file ?? environment['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const sessionName = options.session_name ?? environment['AWS_ROLE_SESSION_NAME'] ?? 'keywright';
  const keys = renewed(terms, async (signal) => {
    if (roleArn === undefined) throw new AwsFailure('neither role_arn nor AWS_ROLE_ARN is set', 'missing');
    if (file === undefined)
      throw new AwsFailure('neither token_file nor AWS_WEB_IDENTITY_TOKEN_FILE is set', 'missing');
    const path = resolve(folder, file);
    const token = (await privateFile(path))?.text.trim() ?? '';
    if (token === '') throw new AwsFailure(`the file ${path} does not exist or is empty`, 'missing');
    const answer = await sts.ask(assumeRoleWithWebIdentity(roleArn, sessionName, token), undefined, signal);
    return keysIn(name, answer, sts.origin);
  });
  return {
    keys: ({ signal }) => keys.keys(signal),
    discard(dead) {
      keys.discard(dead);
      return true;
    },
    nameOf: () => loginPause,
    close: () => keys.close(),
  };
}

function renewed(
  { context, pauses }: KeySourceTerms,
  login: (signal: AbortSignal) => Promise<TemporaryKeys>,
): RenewedKeys {
  const { name: backend, clock, onEvent } = context;
  return new RenewedKeys({ backend, clock, pauses, onEvent }, login);
}

function isTemporary(keys: AwsKeys): boolean {
  return 'expiresAt' in keys;
}
