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

/** The terms of options that keep to `oauthRules`. Throws `TypeError` for others. */
export function termsOf(options: OauthOptions): Terms {
  return { client: clientOf(options), grant: grantOf(options) };
}

function clientOf(options: OauthOptions): ClientTerms {
  const { client_auth: method, client_id: id } = options;
  if (method === 'none') return { id, method };
  if (method === 'private_key_jwt') {
    const credential = options.private_key ?? unchecked();
    const { key_id: keyId, algorithm, client_assertion_audience: audience } = options;
    return { id, method, credential, keyId, algorithm, audience };
  }
  const credential = options.client_secret ?? unchecked();
  return { id, method, credential };
}

function grantOf(options: OauthOptions): GrantTerms {
  const { grant: type } = options;
  switch (type) {
    case 'client_credentials':
      return { type };
    case 'refresh_token':
      return { type, first: options.refresh_token ?? unchecked() };
    case 'jwt_bearer':
      return { type, assertion: assertionOf(options, options.assertion_key ?? unchecked()) };
    case 'token_exchange':
      return {
        type,
        subject: options.subject_token ?? unchecked(),
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

function unchecked(): never {
  throw new TypeError('the options were not checked');
}
