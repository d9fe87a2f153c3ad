import type { Sealed } from '../../core/sealed.js';
import { membersOf } from '../answer.js';
import { reveal, seal } from '../seal.js';
import type { CommonContext, OpenedOnce } from '../source-context.js';
import { unlessAborted } from '../unless-aborted.js';
import { valueVersion } from '../value-version.js';
import type { Auth } from './auth-options.js';
import type { VaultCalls } from './calls.js';
import { loginFailureOf, VaultFailure } from './failure.js';

type AppRole = Extract<Auth, { method: 'approle' }>;
type FileReader = (path: string, what: string) => () => Promise<Sealed>;

/** Wrapping tokens that are remembered: of each backend the newest one counts. */
const mostOpened = 100;

/** Milliseconds for a token that was sent to be opened: nobody cuts that off, as what comes is had once. As long as a login may take. */
const openingTime = 10_000;

/** The secret id of an AppRole login that is in a file, where one is. */
export interface SecretId {
  read(signal: AbortSignal): Promise<Readonly<Record<string, Sealed>>>;
  /** When nothing is being opened any more. Never rejects. */
  ended(): Promise<void>;
}

/** The secret id that an AppRole login takes from a file, if it does. */
export function secretIdFrom(
  { mount, role_name = '', secret_id_file, wrapped_secret_id_file }: AppRole,
  calls: VaultCalls,
  file: FileReader,
  { openedOnce = new Map<string, OpenedOnce>(), trial = false }: Pick<CommonContext, 'openedOnce' | 'trial'>,
): SecretId {
  const ended = (): Promise<void> => Promise.resolve();
  if (secret_id_file !== undefined) {
    const read = file(secret_id_file, 'secret id');
    return { read: async () => ({ secret_id: await read() }), ended };
  }
  if (wrapped_secret_id_file === undefined) return { read: () => Promise.resolve({}), ended };
  const read = file(wrapped_secret_id_file, 'wrapped secret id');
  const path = `auth/${mount}/role/${role_name}/secret-id`;
  const within = calls.namespace === undefined ? '' : ` in the namespace ${calls.namespace}`;
  const place = `${path} at ${calls.address}${within}`;
  const underWay = new Set<Promise<unknown>>();
  const terms = { calls, path, place, file: wrapped_secret_id_file, openedOnce, underWay };
  return {
    async read(signal) {
      let wrapping: Sealed;
      try {
        wrapping = await read();
      } catch (error) {
        // Who delivers it may take the file away when it was used.
        const known = [...openedOnce.values()].findLast((one) => one.place === place && one.file === terms.file);
        if (known?.content === undefined || trial) throw error;
        return { secret_id: await unlessAborted(known.content, signal) };
      }
      if (trial) throw await untried(terms, wrapping, signal);
      return { secret_id: await opened(terms, wrapping, signal) };
    },
    async ended() {
      await Promise.allSettled(underWay);
    },
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
  /** What this backend opens now. */
  readonly underWay: Set<Promise<unknown>>;
}

/**
 * What a wrapping token holds, which opens once: what was in it is kept for later logins, also of a backend that takes the place of this
 * one, until the file has another.
 */
async function opened(terms: Opening, wrapping: Sealed, signal: AbortSignal): Promise<Sealed> {
  const { openedOnce, place } = terms;
  const digest = valueVersion(reveal(wrapping));
  for (;;) {
    const known = openedOnce.get(digest);
    if (known?.content === undefined) {
      if (known?.wasSent === true && known.place !== place) throw openedElsewhere(known);
      return unlessAborted(open(terms, wrapping, digest, signal), signal);
    }
    const content = await unlessAborted(
      known.content.catch(() => undefined),
      signal,
    );
    if (content === undefined) continue; // It failed. Whoever was the first to hear of that may be opening it again.
    if (known.place !== place) throw openedElsewhere(known);
    return content;
  }
}

function openedElsewhere({ place }: OpenedOnce): VaultFailure {
  const message = `this process has opened the wrapping token already, which was made at ${place}`;
  return new VaultFailure(`${message}: it opens once, so a new one has to be delivered`, 'login');
}

/** Until this has ended, nobody else opens the same. */
function open(terms: Opening, wrapping: Sealed, digest: string, signal: AbortSignal): Promise<Sealed> {
  const { openedOnce, place, file, underWay } = terms;
  const mine: OpenedOnce = { place, file, wasSent: openedOnce.get(digest)?.wasSent ?? false, content: undefined };
  const content = unwrapped(terms, wrapping, mine, signal)
    .catch((error: unknown) => {
      mine.content = undefined;
      throw error;
    })
    .finally(() => underWay.delete(content));
  mine.content = content;
  underWay.add(content);
  openedOnce.delete(digest);
  openedOnce.set(digest, mine);
  const [oldest] = openedOnce.size > mostOpened ? openedOnce.keys() : [];
  if (oldest !== undefined) openedOnce.delete(oldest);
  return content;
}

async function unwrapped(terms: Opening, wrapping: Sealed, mine: OpenedOnce, signal: AbortSignal): Promise<Sealed> {
  const { calls } = terms;
  await lookedUp(terms, wrapping, mine.wasSent, signal);
  signal.throwIfAborted();
  const unwrap = 'sys/wrapping/unwrap';
  mine.wasSent = true;
  // The token stands in the header alone: in both places it would be used up for nothing.
  const answered = await calls.send({
    method: 'POST',
    path: unwrap,
    token: wrapping,
    signal: AbortSignal.timeout(openingTime),
  });
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
  wasSent: boolean | 'trial',
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
  const { creation_ttl: life, creation_time: time } = await lookedUp(terms, wrapping, 'trial', signal);
  const began = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  const end = typeof life === 'number' ? began + life * 1000 : Number.NaN;
  const until = Number.isNaN(end) ? '' : `, and is good until ${new Date(end).toISOString()}`;
  const message = `the wrapping token in ${terms.file} was made at ${terms.path}${until}. It opens once, so the login was not tried`;
  return new VaultFailure(
    `${message}: neither the secret id in it, nor the role, nor what it may read was checked`,
    'untried',
  );
}

function burnt({ origin }: VaultCalls, path: string, id: string, wasSent: boolean | 'trial' = false): VaultFailure {
  const message = `${origin} does not know the wrapping token: it has been used, has expired or is forged`;
  const who =
    wasSent === true
      ? 'This process sent it to be opened and got no answer that could be used, which may have used it up: deliver a new one'
      : `If nobody of yours has used it, somebody else has${wasSent === 'trial' ? ', or a Keywright that runs here has opened it, which is then as it should be' : ''}`;
  return new VaultFailure(`${message}. ${who} (${path}, request ${id})`, 'login');
}
