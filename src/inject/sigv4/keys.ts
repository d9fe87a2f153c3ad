import { Reason } from '../../core/reason.js';
import { Refusal } from '../../core/refusal.js';
import { UsageError } from '../../core/usage-error.js';
import type { Credential } from '../../secrets/index.js';
import { valueOf, type Reference } from '../template.js';
import { unusable } from '../usable.js';

/**
 * What the fields are called by the sources of this program, by Vault (`access_key`, `security_token`), by Infisical (`ACCESS_KEY`), by the
 * tools of AWS in their environment, their files and their JSON.
 */
const known = {
  id: [
    'access_key_id',
    'access_key',
    'aws_access_key_id',
    'AWS_ACCESS_KEY_ID',
    'AccessKeyId',
    'accessKeyId',
    'ACCESS_KEY',
  ],
  secret: [
    ...['secret_access_key', 'secret_key', 'aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY'],
    ...['SecretAccessKey', 'secretAccessKey', 'SECRET_ACCESS_KEY'],
  ],
  token: [
    ...['session_token', 'security_token', 'aws_session_token', 'AWS_SESSION_TOKEN', 'SessionToken', 'sessionToken'],
    ...['Token', 'SESSION_TOKEN'],
  ],
} as const;

export interface KeyOptions {
  readonly secret?: string | undefined;
  readonly access_key_id?: string | undefined;
  readonly secret_access_key?: string | undefined;
  readonly session_token?: string | undefined;
}

/** Where each part of the keys may stand: the first that is there counts. */
export interface KeyReferences {
  readonly id: readonly Reference[];
  readonly secret: readonly Reference[];
  /** None of them need be there, unless the configuration names it. */
  readonly token: readonly Reference[];
  readonly needsToken: boolean;
}

/** Throws `UsageError` where the options name neither one secret nor its parts. */
export function keyReferences({ secret, access_key_id, secret_access_key, session_token }: KeyOptions): KeyReferences {
  const parts = [access_key_id, secret_access_key, session_token];
  if (secret !== undefined && parts.every((part) => part === undefined)) {
    const fields = (names: readonly string[]): readonly Reference[] => names.map((field) => ({ secret, field }));
    return { id: fields(known.id), secret: fields(known.secret), token: fields(known.token), needsToken: false };
  }
  if (secret !== undefined || access_key_id === undefined || secret_access_key === undefined) {
    throw new UsageError('the keys of a sigv4 signer are either `secret`, or `access_key_id` and `secret_access_key`.');
  }
  const token = session_token === undefined ? [] : [referenceIn(session_token)];
  return {
    id: [referenceIn(access_key_id)],
    secret: [referenceIn(secret_access_key)],
    token,
    needsToken: token.length > 0,
  };
}

function referenceIn(text: string): Reference {
  const [secret = '', field = 'value'] = text.split('.');
  return { secret, field };
}

type Credentials = ReadonlyMap<string, Credential>;

/** What goes on the wire of the keys. Throws `secret_unavailable` for what could not stand there. */
export function shownKeys(
  { id, token, needsToken }: KeyReferences,
  credentials: Credentials,
): { readonly accessKeyId: string; readonly sessionToken: string | undefined } {
  const accessKeyId = required(id, 'access key ID', credentials);
  // It stands between `Credential=` and a slash.
  if (!/^[\w.-]{1,128}$/.test(accessKeyId.value)) throw unusable(accessKeyId.reference, 'is no access key ID');
  const sessionToken = needsToken ? required(token, 'session token', credentials) : present(token, credentials);
  if (sessionToken !== undefined && !isVisible(sessionToken.value))
    throw unusable(sessionToken.reference, 'is no session token');
  return { accessKeyId: accessKeyId.value, sessionToken: sessionToken?.value };
}

/** What signs, and is never sent. Throws `secret_unavailable`. */
export function secretAccessKey({ secret }: KeyReferences, credentials: Credentials): string {
  const { value, reference } = required(secret, 'secret access key', credentials);
  if (!isVisible(value)) throw unusable(reference, 'is no secret access key');
  return value;
}

/** Throws `secret_unavailable` where one of them is missing, or could not be used. */
export function tryKeys(keys: KeyReferences, credentials: Credentials): void {
  shownKeys(keys, credentials);
  secretAccessKey(keys, credentials);
}

interface Part {
  readonly value: string;
  readonly reference: Reference;
}

function required(candidates: readonly Reference[], what: string, credentials: Credentials): Part {
  const part = present(candidates, credentials);
  if (part !== undefined) return part;
  const [first] = candidates;
  const fields = [...new Set(candidates.map(({ field }) => field))].join(', ');
  const why = `the secret ${first?.secret ?? ''} has no ${what} in any of its usable fields: looked for ${fields}`;
  throw new Refusal('secret_unavailable', { cause: new Reason(why) });
}

function present(candidates: readonly Reference[], credentials: Credentials): Part | undefined {
  for (const reference of candidates) {
    try {
      return { value: valueOf(reference, credentials), reference };
    } catch (error) {
      // It has no such field: the next name may be the one.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return undefined;
}

function isVisible(value: string): boolean {
  return /^[\x21-\x7e]{1,16384}$/.test(value);
}
