import type { FetchContext } from '../index.js';
import { fileSource } from '../file.js';
import type { Sealed } from '../../core/sealed.js';
import type { SecretReference } from '../reference.js';
import { reveal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { unavailable } from '../unavailable.js';
import type { Auth } from './auth-options.js';
import { signedIdentity, type AwsKeys } from './aws-login.js';

/** Who asks, for as long as it takes. */
export type Asking = Pick<FetchContext, 'signal' | 'secret' | 'caller'>;

/** A login: where it is sent, and what is sent, made anew each time. */
export interface Login {
  readonly path: string;
  /** The options that say who we are there, for the advice of a refusal. */
  readonly options: string;
  /** Rejects with `secret_unavailable` where a part of it cannot be had. */
  readonly body: (asking: Asking) => Promise<Readonly<Record<string, string>>>;
}

/** `origin`: where it is sent, for the hosts of the secrets that go there. */
export function loginOf(auth: Auth, origin: string, context: CommonContext): Login {
  const part = (file: string | undefined, reference: SecretReference | undefined, option: string, asking: Asking) =>
    reference === undefined ? fromFile(file ?? '', option, asking, context) : asking.secret(reference, origin);
  switch (auth.method) {
    case 'universal':
      return {
        path: '/api/v1/auth/universal-auth/login',
        options: 'client_id and client_secret',
        body: async (asking) => ({
          clientId: auth.client_id,
          clientSecret: reveal(await part(auth.client_secret_file, auth.client_secret, 'client_secret_file', asking)),
          ...(auth.organization_slug !== undefined && { organizationSlug: auth.organization_slug }),
        }),
      };
    case 'kubernetes':
    case 'oidc':
    case 'jwt': {
      const jwt = auth.method === 'kubernetes' ? undefined : auth.jwt;
      return {
        path: `/api/v1/auth/${auth.method}-auth/login`,
        options: 'identity_id and jwt',
        body: async (asking) => ({
          identityId: auth.identity_id,
          jwt: reveal(await part(auth.jwt_file, jwt, 'jwt_file', asking)),
        }),
      };
    }
    case 'aws':
      return {
        path: '/api/v1/auth/aws-auth/login',
        options: 'identity_id, region and the keys of AWS',
        body: async (asking) => ({
          identityId: auth.identity_id,
          ...(await signedIdentity(auth.region, await keysOf(auth, origin, asking, context), context.clock.now())),
        }),
      };
  }
}

/** With everything that a secret in a file is held to; read at each login. */
async function fromFile(path: string, option: string, asking: Asking, context: CommonContext): Promise<Sealed> {
  const place = { ...context, name: `${context.name} (${option})`, backend: undefined };
  const { value } = (await fileSource.make({ path, format: 'text' }, place).fetch(asking)).fields;
  if (value === undefined) throw new TypeError('a text has one value');
  return value;
}

async function keysOf(
  { access_key_id, secret_access_key, session_token }: Extract<Auth, { method: 'aws' }>,
  origin: string,
  { secret }: Asking,
  { name, environment }: CommonContext,
): Promise<AwsKeys> {
  if (access_key_id === undefined || secret_access_key === undefined) {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: token } = environment;
    if (id === undefined || key === undefined || id === '' || key === '') {
      const why = 'the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set';
      throw unavailable(`${name} (auth)`, why, 'missing');
    }
    return { accessKeyId: id, secretAccessKey: key, sessionToken: token === '' ? undefined : token };
  }
  return {
    accessKeyId: reveal(await secret(access_key_id)),
    secretAccessKey: reveal(await secret(secret_access_key)),
    sessionToken: session_token === undefined ? undefined : reveal(await secret(session_token, origin)),
  };
}
