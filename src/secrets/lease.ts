import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Sealed } from '../core/sealed.js';
import type { Backend } from './backend.js';
import type { OnSecretEvent } from './event.js';
import { GivingBack } from './giving-back.js';
import { Holding, type HoldingTerms } from './holding.js';
import type { SecretReference, Secrets, Source } from './index.js';
import { unavailable } from './unavailable.js';
import { unlessAborted } from './unless-aborted.js';

export interface NamedSource {
  /** What the audit calls it. */
  readonly kind: string;
  readonly source: Source;
  /** The secrets that it is made from, by name: where their values differ by caller, so does this one's. */
  readonly parts?: readonly string[];
  /** Its fields that are not secret. */
  readonly plainFields?: readonly string[];
  /** May it be sent to this `host` or `host:port`? For what is made from it. */
  readonly mayGoTo: (host: string) => boolean;
}

export interface SecretsOptions {
  readonly sources: ReadonlyMap<string, NamedSource>;
  /** Closed last, when every lease has been given back. */
  readonly backends?: Iterable<Backend>;
  readonly limits: Pick<Limits, 'secretTimeout'>;
  readonly clock: Clock;
  readonly onEvent?: OnSecretEvent;
  /** Fingerprints of the same key can be compared; by default they are of this process alone. */
  readonly fingerprintKey?: Buffer;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** How long sources may take to end what they were asked, milliseconds. */
const lastWords = 2000;
/** Callers whose own values of one secret are kept; whoever asked longest ago goes first. */
const mostCallers = 10_000;

/** Secrets on their way from where they live to a request. */
export function createSecrets(options: SecretsOptions): Secrets {
  return new HeldSecrets(options);
}

class HeldSecrets implements Secrets {
  readonly #backends: readonly Backend[];
  readonly #sources: ReadonlyMap<string, NamedSource>;
  readonly #givingBack: GivingBack;
  readonly #terms: Omit<HoldingTerms, 'name' | 'kind' | 'source'>;
  /** By secret, then by what its source keeps values by. */
  readonly #holdings: ReadonlyMap<string, Map<string, Holding>>;
  #closed = false;

  constructor({ sources, backends = [], limits, clock, ...more }: SecretsOptions) {
    const { onEvent = () => undefined, fingerprintKey = randomBytes(32), random = Math.random } = more;
    this.#backends = [...backends];
    this.#sources = sources;
    this.#givingBack = new GivingBack({ onEvent, timeout: limits.secretTimeout });
    this.#terms = {
      limits,
      clock,
      fingerprintKey,
      onEvent,
      random,
      givingBack: this.#givingBack,
      secretFor: (caller, signal) => (reference, to) => this.#partOf(reference, caller, signal, to),
    };
    this.#holdings = new Map(Array.from(sources.keys(), (name) => [name, new Map<string, Holding>()]));
  }

  ready(name: string, caller: Caller): ReturnType<Secrets['ready']> {
    return this.#closed || !this.#sources.has(name) ? undefined : this.#holding(name, caller).ready();
  }

  async acquire(name: string, caller: Caller, signal?: AbortSignal): ReturnType<Secrets['acquire']> {
    if (this.#closed) throw new Refusal('draining');
    const holding = this.#holding(name, caller);
    return holding.ready() ?? (await unlessAborted(holding.acquired(), signal));
  }

  rejected(...[credential, caller]: Parameters<Secrets['rejected']>): ReturnType<Secrets['rejected']> {
    return this.#closed ? Promise.resolve(undefined) : this.#holding(credential.name, caller).rejected(credential);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const held = [...this.#holdings.values()].flatMap((holdings) => [...holdings.values()]);
    // A source that does not end when it is told to must not hold the end of the program up.
    await Promise.race([
      Promise.all(held.map((holding) => holding.close())),
      delay(lastWords, undefined, { ref: false }),
    ]);
    await this.#givingBack.all();
    await Promise.all(this.#backends.map((backend) => backend.close()));
  }

  #holding(name: string, caller: Caller): Holding {
    const [named, holdings] = [this.#sources.get(name), this.#holdings.get(name)];
    if (named === undefined || holdings === undefined) {
      throw unavailable(name, 'the configuration has no such secret', 'missing');
    }
    const key = this.#keyOf(named, caller);
    const known = holdings.get(key);
    const holding = known ?? new Holding({ ...this.#terms, ...named, name }, caller);
    if (key === '') {
      if (known === undefined) holdings.set(key, holding);
      return holding;
    }
    holdings.delete(key);
    holdings.set(key, holding);
    const [oldest] = holdings.size > mostCallers ? holdings.keys() : [];
    if (oldest !== undefined) {
      void holdings.get(oldest)?.close();
      holdings.delete(oldest);
    }
    return holding;
  }

  /** What values for this caller are kept by; empty where they are the same for all. */
  #keyOf({ source, parts = [] }: NamedSource, caller: Caller): string {
    const own = source.keyFor?.(caller);
    if (parts.length === 0) return own ?? '';
    const ofParts = parts.map((name) => {
      const part = this.#sources.get(name);
      return part === undefined ? '' : this.#keyOf(part, caller);
    });
    return own === undefined && ofParts.every((key) => key === '') ? '' : JSON.stringify([own, ...ofParts]);
  }

  /** One field of another secret. It is used where it may go, or not at all. */
  async #partOf(reference: SecretReference, caller: Caller, signal: AbortSignal, to?: string): Promise<Sealed> {
    const { name, field } = reference;
    if (to !== undefined && this.#sources.get(name)?.mayGoTo(to) === false) {
      throw unavailable(name, `it would be sent to ${to}, which is not among its hosts`, 'denied');
    }
    return (await this.acquire(name, caller, signal)).field(field);
  }
}
