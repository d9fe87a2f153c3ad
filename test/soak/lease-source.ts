import { createHttpClient } from '../../src/net/client.js';
import type { Caller } from '../../src/core/message.js';
import { asUnavailable, kindOfStatus, objectIn, retryAfterOf } from '../../src/secrets/answer.js';
import type { Fetched, Source } from '../../src/secrets/index.js';
import { seal } from '../../src/secrets/seal.js';
import { unavailable } from '../../src/secrets/unavailable.js';
import type { BackendServer } from '../secrets/backend-server.js';
import type { LeaseServer } from './lease-server.js';

/** What the sources of a soak have seen. */
export interface Seen {
  /** Leases that have come: those that the client can know of. */
  readonly delivered: Set<string>;
  fetches: number;
  /** Fetches of one secret under way at once, at most. */
  atOnce: number;
}

export interface LeaseSourceOptions {
  readonly name: string;
  readonly perCaller: boolean;
  /** It listens to no signal: what it brings may come when nobody waits for it. */
  readonly isDeaf: boolean;
}

/** The way to a `LeaseServer` for one secret. */
export function leaseSources(server: BackendServer, record: LeaseServer, seen: Seen) {
  const client = createHttpClient({ address: new URL(server.address), caFile: server.caFile });
  const post = async (name: string, path: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> => {
    try {
      const answer = await client.request({ method: 'POST', path, signal });
      if (answer.status === 204) return {};
      if (answer.status === 200) return objectIn(name, answer, 'the server');
      const { status } = answer;
      throw unavailable(name, `status ${String(status)}`, kindOfStatus(status), retryAfterOf(answer, Date.now()));
    } catch (error) {
      throw asUnavailable(name, error);
    }
  };
  const underWay = new Map<string, number>();

  const fetchLease = async (name: string, signal: AbortSignal): Promise<Fetched> => {
    const asked = Date.now();
    const { id, value, ttl } = await post(name, `/lease/${name}`, signal);
    const lease = String(id);
    seen.delivered.add(lease);
    return {
      fields: { value: seal(name, String(value)) },
      version: lease,
      expiresAt: asked + Number(ttl),
      lease: {
        id: lease,
        async renew(renewing) {
          const begun = Date.now();
          const renewed = await post(name, `/renew/${lease}`, renewing);
          // From here on the client knows; it has until the end of this turn to act on it.
          setImmediate(() => Object.assign(record.leases.get(lease) ?? {}, { unheardEnd: 0 }));
          return { expiresAt: begun + Number(renewed['ttl']) };
        },
        async revoke(revoking) {
          await post(name, `/revoke/${lease}`, revoking);
        },
      },
    };
  };

  const make = ({ name, perCaller, isDeaf }: LeaseSourceOptions): Source => ({
    ...(perCaller && { keyFor: ({ client: caller }: Caller) => caller }),
    async fetch({ caller, signal }) {
      const key = perCaller ? `${name} ${caller.client}` : name;
      const count = (by: number): void => void underWay.set(key, (underWay.get(key) ?? 0) + by);
      count(1);
      seen.fetches += 1;
      seen.atOnce = Math.max(seen.atOnce, underWay.get(key) ?? 0);
      // One that is given up is under way no more, though a deaf source goes on.
      const done = once(() => count(-1));
      signal.addEventListener('abort', done);
      try {
        return await fetchLease(name, isDeaf ? AbortSignal.timeout(20_000) : signal);
      } finally {
        done();
      }
    },
  });
  return { make, close: () => client.close() };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
