import { UsageError } from '../../core/usage-error.js';
import type { SecretReference } from '../reference.js';
import type { OauthOptions } from './options.js';

/** Who we are to the server. */
export type ClientTerms = { readonly id: string } & (
  | { readonly method: 'none'; readonly credential?: undefined }
  | { readonly method: 'basic'; readonly credential: SecretReference }
  | { readonly method: 'post'; readonly credential: SecretReference }
  | {
      readonly method: 'private_key_jwt';
      readonly credential: SecretReference;
      readonly keyId: string | undefined;
      readonly algorithm: string | undefined;
      readonly audience: string | undefined;
    }
);

/** What the token is given for. */
export type GrantTerms =
  | { readonly type: 'client_credentials' }
  | { readonly type: 'refresh_token'; readonly first: SecretReference }
  | {
      readonly type: 'token_exchange';
      readonly subject: SecretReference;
      readonly subjectType: string;
      readonly actor: SecretReference | undefined;
      readonly actorType: string;
      readonly requestedType: string | undefined;
    }
  | { readonly type: 'jwt_bearer'; readonly assertion: AssertionTerms };

/** The JWT that is exchanged for the token (RFC 7523 section 3). */
export interface AssertionTerms {
  readonly key: SecretReference;
  readonly keyId: string | undefined;
  readonly algorithm: string | undefined;
  readonly issuer: string;
  readonly subject: string;
  /** Absent: what the server is called. */
  readonly audience: string | undefined;
  /** Milliseconds. */
  readonly lifetime: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface Terms {
  readonly client: ClientTerms;
  readonly grant: GrantTerms;
}

/** The keys that belong to a choice, and to no other. */
const belongings = {
  basic: ['client_secret'],
  post: ['client_secret'],
  private_key_jwt: ['private_key', 'key_id', 'algorithm', 'client_assertion_audience'],
  none: [],
  client_credentials: [],
  refresh_token: ['refresh_token', 'state_file'],
  token_exchange: ['subject_token', 'actor_token', 'requested_token_type'],
  jwt_bearer: [
    'assertion_key',
    'assertion_key_id',
    'assertion_algorithm',
    'assertion_issuer',
    'assertion_subject',
    'assertion_audience',
  ],
} as const;

/** What belongs together is there, and nothing that would be ignored. Throws `UsageError`. */
export function checkedTerms(name: string, options: OauthOptions): Terms {
  const { client_auth, grant, token_url, issuer } = options;
  if (token_url === undefined && issuer === undefined) refuse(name, 'needs token_url or issuer');
  for (const [choice, keys] of Object.entries(belongings)) {
    if (choice === client_auth || choice === grant) continue;
    const stray = keys.find((key) => options[key] !== undefined && !isTaken(key, client_auth));
    if (stray !== undefined) refuse(name, `has ${stray}, which belongs to ${choice}`);
  }
  return { client: clientOf(name, options), grant: grantOf(name, options) };
}

/** `client_secret` belongs to two choices. */
function isTaken(key: string, clientAuth: OauthOptions['client_auth']): boolean {
  return (belongings[clientAuth] as readonly string[]).includes(key);
}

function clientOf(name: string, options: OauthOptions): ClientTerms {
  const { client_auth: method, client_id: id } = options;
  if (method === 'none') return { id, method };
  if (method === 'private_key_jwt') {
    const credential = options.private_key ?? refuse(name, `needs private_key for client_auth ${method}`);
    const { key_id: keyId, algorithm, client_assertion_audience: audience } = options;
    return { id, method, credential, keyId, algorithm, audience };
  }
  const credential = options.client_secret ?? refuse(name, `needs client_secret for client_auth ${method}`);
  return { id, method, credential };
}

function grantOf(name: string, options: OauthOptions): GrantTerms {
  const { grant: type } = options;
  const lacks = (key: string): never => refuse(name, `needs ${key} for grant ${type}`);
  switch (type) {
    case 'client_credentials':
      return { type };
    case 'refresh_token':
      return { type, first: options.refresh_token ?? lacks('refresh_token') };
    case 'jwt_bearer':
      return { type, assertion: assertionOf(options, options.assertion_key ?? lacks('assertion_key')) };
    case 'token_exchange':
      return {
        type,
        subject: options.subject_token ?? lacks('subject_token'),
        subjectType: options.subject_token_type,
        actor: options.actor_token,
        actorType: options.actor_token_type,
        requestedType: options.requested_token_type,
      };
  }
}

function assertionOf(options: OauthOptions, key: SecretReference): AssertionTerms {
  const { assertion_issuer: issuer = options.client_id, assertion_subject: subject = issuer } = options;
  return {
    key,
    keyId: options.assertion_key_id,
    algorithm: options.assertion_algorithm,
    issuer,
    subject,
    audience: options.assertion_audience,
    lifetime: options.assertion_lifetime,
    claims: options.assertion_claims,
  };
}

function refuse(name: string, what: string): never {
  throw new UsageError(`The secret ${name}, which comes from oauth, ${what}.`);
}
