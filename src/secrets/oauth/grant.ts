import type { Sealed } from '../../core/sealed.js';
import type { FetchContext } from '../index.js';
import { reveal } from '../seal.js';
import type { OauthOptions } from './options.js';
import { signedJwt } from './signed-jwt.js';
import type { AssertionTerms, GrantTerms } from './terms.js';

type Parameters = readonly (readonly [string, string])[];

/** What the token is asked for with. */
export interface Grant {
  readonly type: string;
  /** The parameters of the request as they go out, in plaintext: made for one request. */
  readonly parameters: () => Promise<Parameters>;
}

export interface GrantSurroundings {
  readonly name: string;
  readonly options: OauthOptions;
  /** `host:port` of the token endpoint. */
  readonly origin: string;
  /** What the server is called in assertions. */
  readonly audience: string;
  readonly now: () => number;
}

/** A grant other than by refresh token. Rejects with `secret_unavailable`. */
export async function grantFor(
  terms: Exclude<GrantTerms, { readonly type: 'refresh_token' }>,
  around: GrantSurroundings,
  secret: FetchContext['secret'],
): Promise<Grant> {
  const common = commonParameters(around.options);
  switch (terms.type) {
    case 'client_credentials':
      return { type: terms.type, parameters: () => Promise.resolve(common) };
    case 'token_exchange': {
      const { subjectType, actorType, requestedType } = terms;
      const subject = await secret(terms.subject, around.origin);
      const actor = terms.actor === undefined ? undefined : await secret(terms.actor, around.origin);
      const parameters = (): Parameters => [
        ...common,
        ['subject_token', reveal(subject)],
        ['subject_token_type', subjectType],
        ...(actor === undefined
          ? []
          : ([
              ['actor_token', reveal(actor)],
              ['actor_token_type', actorType],
            ] as const)),
        ...(requestedType === undefined ? [] : ([['requested_token_type', requestedType]] as const)),
      ];
      return {
        type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        parameters: () => Promise.resolve(parameters()),
      };
    }
    case 'jwt_bearer': {
      const { assertion } = terms;
      // It signs here, and goes nowhere.
      const key = await secret(assertion.key);
      return {
        type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        parameters: async () => [...common, ['assertion', await assertionOf(assertion, key, around)]],
      };
    }
  }
}

export function refreshParameters(options: OauthOptions, token: Sealed): Parameters {
  return [...commonParameters(options), ['refresh_token', reveal(token)]];
}

function commonParameters({ scope, resource, audience, parameters }: OauthOptions): Parameters {
  return [
    ...Object.entries(parameters),
    ...(scope === undefined ? [] : ([['scope', scope]] as const)),
    ...resource.map((uri) => ['resource', uri] as const),
    ...audience.map((name) => ['audience', name] as const),
  ];
}

function assertionOf(
  { issuer, subject, audience, claims, keyId, algorithm, lifetime }: AssertionTerms,
  key: Sealed,
  { name, audience: server, now }: GrantSurroundings,
): Promise<string> {
  const all = { ...claims, iss: issuer, sub: subject, aud: audience ?? server };
  return signedJwt(name, { key, keyId, algorithm, claims: all, now: now(), lifetime });
}
