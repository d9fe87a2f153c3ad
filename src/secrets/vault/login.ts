import type { Sealed } from '../../core/sealed.js';
import { fileSource } from '../file.js';
import type { FetchContext } from '../index.js';
import { reveal, seal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { Unavailability } from '../unavailable.js';
import { membersOf } from '../answer.js';
import type { Auth } from './auth-options.js';
import type { Answered, VaultCalls } from './calls.js';
import { loginFailureOf, VaultFailure } from './failure.js';
import { encoded } from './path.js';
import { secretIdFrom } from './wrapped.js';

/** What a login was answered with. */
export interface LoggedIn {
  readonly token: Sealed;
  /** Milliseconds; infinite for a root token. */
  readonly ttl: number;
  readonly renewable: boolean;
  /** It was made for us, and ends with us. */
  readonly isOurs: boolean;
}

/** Other secrets that a login needs. They are asked for by whoever needs the login, for as long as they wait. */
export type Material = Readonly<Record<string, Sealed>>;

export interface Login {
  prepare(context: FetchContext): Promise<Material>;
  /** Rejects with `VaultFailure` of kind `login` where it was refused. */
  logIn(material: Material, signal: AbortSignal): Promise<LoggedIn>;
  /** When nothing is under way any more that must not be cut off, however its login ended. Never rejects. */
  ended(): Promise<void>;
}

/** How a backend logs in. */
export function loginBy(auth: Auth, calls: VaultCalls, context: CommonContext): Login {
  if (auth.method !== 'approle') return { ...plainLogin(auth, calls, context), ended: () => Promise.resolve() };
  const { mount, role_id, secret_id } = auth;
  const secretId = secretIdFrom(auth, calls, (path, what) => fileReader(path, what, context), context);
  return {
    prepare: async ({ secret }) =>
      secret_id === undefined ? {} : { secret_id: await secret(secret_id, calls.origin) },
    logIn: async (material, signal) => {
      const body = { role_id, ...(await secretId.read(signal)), ...material };
      return loggedInBy(calls, `auth/${encoded(mount)}/login`, body, signal, context.name);
    },
    ended: () => secretId.ended(),
  };
}

function plainLogin(
  auth: Exclude<Auth, { method: 'approle' }>,
  calls: VaultCalls,
  context: CommonContext,
): Omit<Login, 'ended'> {
  const at = calls.origin;
  const file = (path: string, what: string): (() => Promise<Sealed>) => fileReader(path, what, context);
  const none = (): Promise<Material> => Promise.resolve({});
  const post = (mount: string, body: object, signal: AbortSignal): Promise<LoggedIn> =>
    loggedInBy(calls, `auth/${encoded(mount)}/login`, body, signal, context.name);
  switch (auth.method) {
    case 'token': {
      const read = auth.token_file === undefined ? undefined : file(auth.token_file, 'token');
      return {
        prepare: async ({ secret }) => (auth.token === undefined ? {} : { token: await secret(auth.token, at) }),
        logIn: async ({ token }, signal) => lookedUp(calls, token ?? (await present(read)), signal),
      };
    }
    case 'kubernetes': {
      const { mount, role, jwt_file } = auth;
      const read = file(jwt_file, 'service account token');
      return { prepare: none, logIn: async (_, signal) => post(mount, { role, jwt: await read() }, signal) };
    }
    case 'jwt': {
      const { mount, role, jwt_file, jwt } = auth;
      const read = jwt_file === undefined ? undefined : file(jwt_file, 'token to log in with');
      return {
        prepare: async ({ secret }) => (jwt === undefined ? {} : { jwt: await secret(jwt, at) }),
        logIn: async (material, signal) => post(mount, { role, jwt: material['jwt'] ?? (await present(read)) }, signal),
      };
    }
    case 'cert':
      return { prepare: none, logIn: (_, signal) => post(auth.mount, { name: auth.role }, signal) };
  }
}

/** The token of an `auth` block. */
async function loggedInBy(
  calls: VaultCalls,
  path: string,
  body: object,
  signal: AbortSignal,
  name: string,
): Promise<LoggedIn> {
  const answered = await calls.send({ method: 'POST', path, body: { ...body }, signal });
  if (!answered.isSuccess) throw loginFailureOf(answered, calls.origin, path);
  const auth = membersOf(answered.members['auth']);
  const token = auth?.['client_token'];
  if (auth === undefined || typeof token !== 'string' || token === '') {
    const isWaiting = membersOf(auth?.['mfa_requirement']) !== undefined;
    const why = isWaiting
      ? 'asks for a second factor, which a program has none of'
      : 'answered a login without a token';
    throw new VaultFailure(`${calls.origin} ${why} (request ${answered.id})`, isWaiting ? 'login' : 'down');
  }
  return {
    token: seal(name, visible(token, calls.origin)),
    ttl: secondsIn(auth['lease_duration']),
    renewable: auth['renewable'] === true,
    // A batch token is in no store: it ends by its time alone.
    isOurs: auth['token_type'] !== 'batch',
  };
}

/** A token from elsewhere: whether it is alive, and for how long. */
async function lookedUp(calls: VaultCalls, token: Sealed, signal: AbortSignal): Promise<LoggedIn> {
  const path = 'auth/token/lookup-self';
  visible(reveal(token), calls.origin);
  const answered = await calls.send({ method: 'GET', path, token, signal });
  if (answered.status === 403) {
    const message = `${calls.origin} does not take the token: it is not alive any more, or may not look itself up`;
    throw new VaultFailure(`${message} (${path}, request ${answered.id})`, 'login');
  }
  if (!answered.isSuccess) throw loginFailureOf(answered, calls.origin, path);
  const data = membersOf(answered.members['data']) ?? {};
  return { token, ttl: secondsIn(data['ttl']), renewable: data['renewable'] === true, isOurs: false };
}

/** The life of a token that was renewed, milliseconds; undefined where it cannot be. */
export function renewedTtl({ isSuccess, members }: Answered): number | undefined {
  const auth = isSuccess ? membersOf(members['auth']) : undefined;
  return auth === undefined ? undefined : secondsIn(auth['lease_duration']);
}

/** Milliseconds. 0 is Vault's word for a root token, which does not end. */
function secondsIn(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value * 1000 : Number.POSITIVE_INFINITY;
}

/** What goes into a header field. */
function visible(token: string, origin: string): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new VaultFailure(`the token for ${origin} is not one word of visible ASCII`, 'login');
}

async function present(read: (() => Promise<Sealed>) | undefined): Promise<Sealed> {
  if (read === undefined) throw new TypeError('the options were not checked');
  return read();
}

/** A file with what the source `file` asks of one: not writable by others, UTF-8, not endless. It is read anew where it has changed. */
function fileReader(path: string, what: string, context: CommonContext): () => Promise<Sealed> {
  const name = `${context.name} (${what})`;
  const source = fileSource.make({ path, format: 'text' }, { ...context, name, backend: undefined });
  return async () => {
    try {
      const { fields } = await source.fetch({
        caller: { client: '' },
        signal: new AbortController().signal,
        secret: () => Promise.reject(new TypeError('a file is made from nothing')),
      });
      const { value } = fields;
      if (value === undefined) throw new TypeError('a file has one field');
      return value;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof Unavailability)) throw error;
      throw new VaultFailure(cause.message.replace(`the secret ${name} is not available: `, `${what}: `), 'down');
    }
  };
}
