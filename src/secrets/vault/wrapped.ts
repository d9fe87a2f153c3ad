import type { Sealed } from '../../core/sealed.js';
import { membersOf } from '../answer.js';
import { reveal, seal } from '../seal.js';
import type { Auth } from './auth-options.js';
import type { VaultCalls } from './calls.js';
import { loginFailureOf, VaultFailure } from './failure.js';

type AppRole = Extract<Auth, { method: 'approle' }>;
type FileReader = (path: string, what: string) => () => Promise<Sealed>;

/** The secret id that an AppRole login takes from a file, if it does. */
export function secretIdFrom(
  { mount, role_name = '', secret_id_file, wrapped_secret_id_file }: AppRole,
  calls: VaultCalls,
  file: FileReader,
): (signal: AbortSignal) => Promise<Readonly<Record<string, Sealed>>> {
  if (secret_id_file !== undefined) {
    const read = file(secret_id_file, 'secret id');
    return async () => ({ secret_id: await read() });
  }
  if (wrapped_secret_id_file === undefined) return () => Promise.resolve({});
  const read = file(wrapped_secret_id_file, 'wrapped secret id');
  const path = `auth/${mount}/role/${role_name}/secret-id`;
  /** A wrapping token opens once: what was in it is kept for later logins, until the file has another. */
  let opened: { readonly wrapping: Sealed; readonly secretId: Sealed } | undefined;
  return async (signal) => {
    // Who delivers it may take the file away when it was used.
    const wrapping = await read().catch((error: unknown) => {
      if (opened === undefined) throw error;
      return opened.wrapping;
    });
    if (opened === undefined || reveal(opened.wrapping) !== reveal(wrapping)) {
      opened = { wrapping, secretId: await unwrapped(calls, wrapping, path, signal) };
    }
    return { secret_id: opened.secretId };
  };
}

/**
 * What a wrapping token holds. Where it was made is looked at first: one that was made elsewhere holds what somebody else has chosen, and
 * is not opened.
 */
async function unwrapped(
  calls: VaultCalls,
  wrapping: Sealed,
  creationPath: string,
  signal: AbortSignal,
): Promise<Sealed> {
  const lookup = 'sys/wrapping/lookup';
  const found = await calls.send({ method: 'POST', path: lookup, body: { token: wrapping }, signal });
  if (found.status === 400 || found.status === 403) throw burnt(calls, lookup, found.id);
  if (!found.isSuccess) throw loginFailureOf(found, calls.origin, lookup);
  if (membersOf(found.members['data'])?.['creation_path'] !== creationPath) {
    const message = `the wrapping token was not made at ${creationPath}: it was not opened, and may be forged`;
    throw new VaultFailure(`${message} (request ${found.id})`, 'login');
  }
  const unwrap = 'sys/wrapping/unwrap';
  // The token stands in the header alone: in both places it would be used up for nothing.
  const answered = await calls.send({ method: 'POST', path: unwrap, token: wrapping, signal });
  if (answered.status === 400 || answered.status === 403) throw burnt(calls, unwrap, answered.id);
  if (!answered.isSuccess) throw loginFailureOf(answered, calls.origin, unwrap);
  const secretId = membersOf(answered.members['data'])?.['secret_id'];
  if (typeof secretId !== 'string') {
    throw new VaultFailure(`the wrapping token held no secret id (request ${answered.id})`, 'login');
  }
  return seal(wrapping.name, secretId);
}

function burnt({ origin }: VaultCalls, path: string, id: string): VaultFailure {
  const message = `${origin} does not know the wrapping token: it has been used, has expired or is forged`;
  return new VaultFailure(
    `${message}. If nobody of yours has used it, somebody else has (${path}, request ${id})`,
    'login',
  );
}
