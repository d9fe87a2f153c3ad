import type { Sealed } from '../../core/sealed.js';
import { membersOf } from '../answer.js';
import { reveal, seal } from '../seal.js';
import type { CommonContext, OpenedOnce } from '../source-context.js';
import { valueVersion } from '../value-version.js';
import type { Auth } from './auth-options.js';
import type { VaultCalls } from './calls.js';
import { loginFailureOf, VaultFailure } from './failure.js';

type AppRole = Extract<Auth, { method: 'approle' }>;
type FileReader = (path: string, what: string) => () => Promise<Sealed>;

/** Wrapping tokens that are remembered: of each backend the newest one counts. */
const mostOpened = 100;

/** The secret id that an AppRole login takes from a file, if it does. */
export function secretIdFrom(
  { mount, role_name = '', secret_id_file, wrapped_secret_id_file }: AppRole,
  calls: VaultCalls,
  file: FileReader,
  { openedOnce = new Map<string, OpenedOnce>(), trial = false }: Pick<CommonContext, 'openedOnce' | 'trial'>,
): (signal: AbortSignal) => Promise<Readonly<Record<string, Sealed>>> {
  if (secret_id_file !== undefined) {
    const read = file(secret_id_file, 'secret id');
    return async () => ({ secret_id: await read() });
  }
  if (wrapped_secret_id_file === undefined) return () => Promise.resolve({});
  const read = file(wrapped_secret_id_file, 'wrapped secret id');
  const path = `auth/${mount}/role/${role_name}/secret-id`;
  const within = calls.namespace === undefined ? '' : ` in the namespace ${calls.namespace}`;
  const terms = { calls, path, place: `${path} at ${calls.origin}${within}`, file: wrapped_secret_id_file, openedOnce };
  return async (signal) => {
    let wrapping: Sealed;
    try {
      wrapping = await read();
    } catch (error) {
      // Who delivers it may take the file away when it was used.
      const known = [...openedOnce.values()].findLast((one) => one.place === terms.place && one.file === terms.file);
      if (known?.content === undefined || trial) throw error;
      return { secret_id: await known.content };
    }
    if (trial) throw await untried(terms, wrapping, signal);
    return { secret_id: await opened(terms, wrapping, signal) };
  };
}

interface Opening {
  readonly calls: VaultCalls;
  /** Where the token has to be made. */
  readonly path: string;
  /** The same, and where. */
  readonly place: string;
  readonly file: string;
  readonly openedOnce: Map<string, OpenedOnce>;
}

/**
 * What a wrapping token holds, which opens once: what was in it is kept for later logins, also of a backend that takes the place of this
 * one, until the file has another.
 */
async function opened(terms: Opening, wrapping: Sealed, signal: AbortSignal): Promise<Sealed> {
  const { openedOnce, place, file } = terms;
  const digest = valueVersion(reveal(wrapping));
  const known = openedOnce.get(digest);
  if (known?.place === place) {
    const content = await known.content?.catch(() => undefined);
    if (content !== undefined) return content;
  } else if (known?.wasSent === true) {
    const message = `this process has opened the wrapping token already, which was made at ${known.place}`;
    throw new VaultFailure(`${message}: it opens once, so a new one has to be delivered`, 'login');
  }
  const mine: OpenedOnce = { place, file, wasSent: known?.wasSent ?? false, content: undefined };
  mine.content = unwrapped(terms, wrapping, mine, signal).catch((error: unknown) => {
    mine.content = undefined;
    throw error;
  });
  openedOnce.delete(digest);
  openedOnce.set(digest, mine);
  const [oldest] = openedOnce.size > mostOpened ? openedOnce.keys() : [];
  if (oldest !== undefined) openedOnce.delete(oldest);
  return mine.content;
}

async function unwrapped(terms: Opening, wrapping: Sealed, mine: OpenedOnce, signal: AbortSignal): Promise<Sealed> {
  const { calls } = terms;
  await lookedUp(terms, wrapping, mine.wasSent, signal);
  const unwrap = 'sys/wrapping/unwrap';
  mine.wasSent = true;
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

/**
 * What Vault says of a wrapping token, which stays as it is. Where it was made is looked at before it is opened: one that was made
 * elsewhere holds what somebody else has chosen.
 */
async function lookedUp(
  { calls, path }: Opening,
  wrapping: Sealed,
  wasSent: boolean,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const lookup = 'sys/wrapping/lookup';
  const found = await calls.send({ method: 'POST', path: lookup, body: { token: wrapping }, signal });
  if (found.status === 400 || found.status === 403) throw burnt(calls, lookup, found.id, wasSent);
  if (!found.isSuccess) throw loginFailureOf(found, calls.origin, lookup);
  const data = membersOf(found.members['data']) ?? {};
  if (data['creation_path'] !== path) {
    const message = `the wrapping token was not made at ${path}: it was not opened, and may be forged`;
    throw new VaultFailure(`${message} (request ${found.id})`, 'login');
  }
  return data;
}

/** For a trial: as much as can be seen of it without using it up. Rejects as `lookedUp` does. */
async function untried(terms: Opening, wrapping: Sealed, signal: AbortSignal): Promise<VaultFailure> {
  const { creation_ttl: life, creation_time: time } = await lookedUp(terms, wrapping, false, signal);
  const began = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  const end = typeof life === 'number' ? began + life * 1000 : Number.NaN;
  const until = Number.isNaN(end) ? '' : `, and is good until ${new Date(end).toISOString()}`;
  const message = `the wrapping token in ${terms.file} was made at ${terms.path}${until}. It opens once, so the login was not tried`;
  return new VaultFailure(
    `${message}: neither the secret id in it, nor the role, nor what it may read was checked`,
    'untried',
  );
}

function burnt({ origin }: VaultCalls, path: string, id: string, wasSent = false): VaultFailure {
  const message = `${origin} does not know the wrapping token: it has been used, has expired or is forged`;
  const who = wasSent
    ? 'This process sent it to be opened and got no answer that could be used, which may have used it up: deliver a new one'
    : 'If nobody of yours has used it, somebody else has';
  return new VaultFailure(`${message}. ${who} (${path}, request ${id})`, 'login');
}
