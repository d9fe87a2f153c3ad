import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { Shared } from '../core/shared.js';
import type { Backend } from './backend.js';
import { beginEnding, type Ending } from './ending.js';
import type { OnSecretEvent } from './event.js';
import type { Secrets } from './index.js';
import { Kept, type KeptTerms, type NamedSource } from './kept.js';
import { unavailable } from './unavailable.js';
import { WayBack } from './way-back.js';

export type { NamedSource } from './kept.js';

/** What one configuration has. */
export interface SecretsParts {
  readonly sources: ReadonlyMap<string, NamedSource>;
  /** Closed last, when every lease has been given back. */
  readonly backends?: Iterable<Backend>;
}

export interface SecretsOptions extends SecretsParts {
  /** Read at each use. */
  readonly limits: Pick<Limits, 'secretTimeout'>;
  readonly clock: Clock;
  readonly onEvent?: OnSecretEvent;
  /** Fingerprints of the same key can be compared; by default they are of this process alone. */
  readonly fingerprintKey?: Buffer;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** The secrets of one configuration, which another one may follow. */
export interface LeasedSecrets extends Secrets {
  /**
   * Those of another configuration. The same `NamedSource` under the same name, and the same `Backend`, go on with all that is held; both
   * have them then, and they are closed with the last of those that do.
   */
  next(parts: SecretsParts): LeasedSecrets;
  /** Each backend whose login was refused may try it once more now, and so does whoever asks for a secret from there. */
  retryLogins(): void;
}

/** Secrets on their way from where they live to a request. */
export function createSecrets(options: SecretsOptions): LeasedSecrets {
  const { limits, clock, onEvent = () => undefined, fingerprintKey = randomBytes(32), random = Math.random } = options;
  return new HeldSecrets(options, { limits, clock, onEvent, fingerprintKey, random }, undefined);
}

/** A backend, or the source of a secret that has none, and how its leases go back there. */
interface Place {
  readonly backend: Shared<Backend, Ending> | undefined;
  readonly wayBack: WayBack;
}

interface Before {
  readonly kept: ReadonlyMap<string, Shared<Kept, Ending>>;
  readonly places: ReadonlyMap<Backend, Place>;
}

class HeldSecrets implements LeasedSecrets {
  readonly #terms: Omit<KeptTerms, 'wayBack'>;
  readonly #kept = new Map<string, Shared<Kept, Ending>>();
  readonly #places = new Map<Backend, Place>();
  readonly #letGo: ((ending: Ending) => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  constructor(parts: SecretsParts, terms: Omit<KeptTerms, 'wayBack'>, before: Before | undefined) {
    this.#terms = terms;
    for (const backend of parts.backends ?? []) this.#placeOf(backend, before);
    for (const name of parts.sources.keys()) this.#keep(name, parts.sources, before);
    const shared = [...this.#kept.values(), ...Array.from(this.#places.values(), ({ backend }) => backend)];
    this.#letGo = shared.flatMap((one) => one?.hold() ?? []);
  }

  next(parts: SecretsParts): LeasedSecrets {
    return new HeldSecrets(parts, this.#terms, { kept: this.#kept, places: this.#places });
  }

  ready(...[name, caller]: Parameters<Secrets['ready']>): ReturnType<Secrets['ready']> {
    return this.#closing === undefined ? this.#kept.get(name)?.value.ready(caller) : undefined;
  }

  async acquire(...[name, caller, signal]: Parameters<Secrets['acquire']>): ReturnType<Secrets['acquire']> {
    if (this.#closing !== undefined) throw new Refusal('draining');
    const kept = this.#kept.get(name);
    if (kept === undefined) throw unavailable(name, 'the configuration has no such secret', 'missing');
    return kept.value.acquire(caller, signal);
  }

  async rejected(...[credential, caller]: Parameters<Secrets['rejected']>): ReturnType<Secrets['rejected']> {
    return this.#closing === undefined
      ? this.#kept.get(credential.name)?.value.rejected(credential, caller)
      : undefined;
  }

  retryLogins(): void {
    for (const backend of this.#places.keys()) backend.retryLogin?.();
    for (const { value } of this.#kept.values()) value.retryLogin();
  }

  async close(): Promise<void> {
    this.#closing ??= this.#end();
    await this.#closing;
  }

  async #end(): Promise<void> {
    const ending = beginEnding();
    await Promise.all(this.#letGo.map((letGo) => letGo(ending)));
    ending.over();
  }

  #placeOf(backend: Backend, before: Before | undefined): Place {
    const place = this.#places.get(backend) ?? before?.places.get(backend) ?? this.#newPlace(backend);
    this.#places.set(backend, place);
    return place;
  }

  #newPlace(backend?: Backend): Place {
    return {
      backend: backend === undefined ? undefined : new Shared(backend, ({ logins }) => backend.close(logins)),
      wayBack: new WayBack(() => this.#terms.limits.secretTimeout),
    };
  }

  /** As it was, where nothing of it has changed, or new. Those that it is made from come first. */
  #keep(name: string, sources: SecretsParts['sources'], before: Before | undefined): Kept | undefined {
    const known = this.#kept.get(name);
    const named = sources.get(name);
    if (known !== undefined || named === undefined) return known?.value;
    const parts = (named.parts ?? []).flatMap((part): [string, Kept][] => {
      const kept = this.#keep(part, sources, before);
      return kept === undefined ? [] : [[part, kept]];
    });
    const former = before?.kept.get(name);
    const shared = former?.value.named === named ? former : this.#newKept(name, named, new Map(parts), before);
    this.#kept.set(name, shared);
    return shared.value;
  }

  #newKept(
    name: string,
    named: NamedSource,
    parts: ReadonlyMap<string, Kept>,
    before: Before | undefined,
  ): Shared<Kept, Ending> {
    const { backend } = named;
    const place = backend === undefined ? this.#newPlace() : this.#placeOf(backend, before);
    const kept = new Kept(name, named, parts, { ...this.#terms, wayBack: place.wayBack });
    const letGo = place.backend?.hold();
    return new Shared(kept, async (ending) => {
      await kept.close(ending);
      await letGo?.(ending);
    });
  }
}
