import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { errorCode } from '../core/error-code.js';
import type { Limits } from '../core/limits.js';
import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { toCredential } from './credential.js';
import type { Credential, Fetched, Secrets, Source } from './index.js';
import { unavailable } from './unavailable.js';
import { unlessAborted } from './unless-aborted.js';

/** A value that ends sooner than this is not used any more, milliseconds. */
const lastMoments = 30_000;
/** How long a failed fetch is answered without asking again, milliseconds. */
const failureLifetime = 1000;

export interface SecretsOptions {
  readonly sources: ReadonlyMap<string, { readonly kind: string; readonly source: Source }>;
  readonly limits: Pick<Limits, 'secretTimeout'>;
  readonly clock: Clock;
  /** Fingerprints of the same key can be compared; by default they are of this process alone. */
  readonly fingerprintKey?: Buffer;
}

/** Secrets on their way from where they live to a request. */
export function createSecrets({ sources, fingerprintKey = randomBytes(32), ...terms }: SecretsOptions): Secrets {
  const leases = new Map(
    Array.from(sources, ([name, from]) => [name, new Lease({ ...terms, ...from, name, fingerprintKey })] as const),
  );
  let closed = false;
  return {
    ready: (name) => (closed ? undefined : leases.get(name)?.ready()),
    async acquire(name, caller, signal) {
      if (closed) throw new Refusal('draining');
      const lease = leases.get(name);
      if (lease === undefined) throw unavailable(name, 'the configuration has no such secret');
      return lease.ready() ?? (await unlessAborted(lease.renewed(caller), signal));
    },
    close() {
      closed = true;
      for (const lease of leases.values()) lease.close();
      return Promise.resolve();
    },
  };
}

interface Terms {
  readonly name: string;
  readonly kind: string;
  readonly source: Source;
  readonly limits: Pick<Limits, 'secretTimeout'>;
  readonly clock: Clock;
  readonly fingerprintKey: Buffer;
}

/**
 * One secret as it is held: one fetch at a time, however many ask; the same credential object for as long as its version
 * stays; nothing used in its last moments; a failure repeated for a second, so that a struggling backend is left alone.
 */
class Lease {
  readonly #terms: Terms;
  #held: { readonly credential: Credential; readonly expiresAt: number | undefined } | undefined;
  #failed: { readonly refusal: Refusal; readonly until: number } | undefined;
  #fetching: { readonly credential: Promise<Credential>; readonly controller: AbortController } | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** The credential, where it can be used without asking anybody. Throws what a moment ago was the answer. */
  ready(): Credential | undefined {
    const { clock } = this.#terms;
    if (this.#failed !== undefined && clock.elapsed() < this.#failed.until) throw this.#failed.refusal;
    const { credential, expiresAt } = this.#held ?? {};
    return expiresAt !== undefined && clock.now() < expiresAt - lastMoments ? credential : undefined;
  }

  /** Asks the source, or waits with whoever asked first. The values of all sources are the same for every caller. */
  renewed(caller: Caller): Promise<Credential> {
    if (this.#fetching === undefined) {
      const controller = new AbortController();
      const credential = this.#fetch(caller, controller).finally(() => {
        this.#fetching = undefined;
      });
      this.#fetching = { credential, controller };
    }
    return this.#fetching.credential;
  }

  close(): void {
    this.#fetching?.controller.abort(new Refusal('draining'));
    this.#held = undefined;
  }

  async #fetch(caller: Caller, controller: AbortController): Promise<Credential> {
    const { name, source, limits, clock } = this.#terms;
    const { signal } = controller;
    const late = `it did not come within ${limits.secretTimeout} ms`;
    const timer = setTimeout(() => controller.abort(unavailable(name, late)), limits.secretTimeout);
    try {
      // A source has to end when the signal aborts; one that does not must not hold requests for longer.
      const fetched = await unlessAborted(source.fetch({ caller, signal }), signal);
      const credential = this.#toCredential(fetched);
      this.#held = { credential, expiresAt: fetched.expiresAt };
      return credential;
    } catch (error) {
      const refusal = refusalOf(name, signal.aborted ? signal.reason : error);
      this.#failed = { refusal, until: clock.elapsed() + failureLifetime };
      throw refusal;
    } finally {
      clearTimeout(timer);
    }
  }

  #toCredential(fetched: Fetched): Credential {
    const { name, kind, clock, fingerprintKey } = this.#terms;
    if (fetched.expiresAt !== undefined && fetched.expiresAt <= clock.now()) throw unavailable(name, 'it has expired');
    const known = this.#held?.credential;
    return known?.version === fetched.version ? known : toCredential(name, kind, fetched, fingerprintKey);
  }
}

/** A backend's own message may repeat what it was sent or what it holds: of a foreign error only the code goes on. */
function refusalOf(name: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  return unavailable(name, code === undefined ? 'fetching it failed' : `fetching it failed with ${code}`);
}
