import type { LookupAddress } from 'node:dns';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { registeredDomain } from '../policy/public-suffix.js';

/** Asks for every address of a name. It may be unable to stop: `signal` tells when nobody waits any more. */
export type Lookup = (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

/**
 * Look-ups under way at most: all together, and below one domain. The system's resolver cannot be interrupted and holds a thread of
 * libuv's pool (of four it takes two at most, so files can still be read); what waits for one must not pile up, and whoever answers for
 * one domain slowly must not be all that is waited for.
 */
const mostLookups = 64;
const mostOfDomain = 16;

/** Looks up names within a time limit, each once for all who ask at the same time. */
export class Resolver {
  readonly #lookup: Lookup;
  readonly #timeout: number;
  /** By name, until the system has answered: also after everybody who asked has given up. */
  readonly #underWay = new Map<string, Promise<readonly string[]>>();

  /** `timeout` in milliseconds. */
  constructor(lookup: Lookup, timeout: number) {
    this.#lookup = lookup;
    this.#timeout = timeout;
  }

  /** The addresses of a name, in the order of the answer. Rejects with `destination_name` or `destination_timeout`. */
  async resolve(host: string): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(this.#timeout);
    try {
      return await Promise.race([this.#underWay.get(host) ?? this.#start(host, signal), aborted(signal)]);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(signal.aborted ? 'destination_timeout' : 'destination_name', { cause: error });
    }
  }

  #start(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const domain = registeredDomain(host);
    const ofDomain = [...this.#underWay.keys()].filter((name) => registeredDomain(name) === domain).length;
    if (this.#underWay.size >= mostLookups || ofDomain >= mostOfDomain) {
      throw new Refusal('destination_timeout', { cause: new Reason('too many names are being looked up') });
    }
    const found = this.#lookup(host, signal)
      .then((answer) => answer.map(({ address }) => address))
      .finally(() => this.#underWay.delete(host));
    this.#underWay.set(host, found);
    return found;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Reason('the look-up took too long')), { once: true });
  });
}
