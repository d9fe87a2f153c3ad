import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Authority } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { formatAuthority } from '../policy/authority.js';
import { classify, isAllowed, unmapped } from './address.js';
import { compileDestination, type CompiledDestination, type Destination } from './destination.js';
import type { AddressClass } from './special-addresses.js';

declare const vetted: unique symbol;

/** Where a request goes: addresses that were looked up once and checked, and what the other end has to prove. Only `vet` makes one. */
export interface Route {
  readonly [vetted]: true;
  readonly addresses: readonly { readonly address: string; readonly family: 4 | 6 }[];
  readonly authority: Authority;
  /** The port dialled. */
  readonly port: number;
  /** TLS SNI and the name to verify; undefined for an IP literal, which is verified as such. */
  readonly serverName: string | undefined;
  /** Certificates trusted besides the system's roots. */
  readonly caPem: readonly string[] | undefined;
  readonly vetting: 'public' | 'private allowed' | 'static';
  /** What pools are kept by: authority, addresses, names and trust. */
  readonly key: string;
}

export interface VetterOptions {
  /** By `host:port` in canonical form. */
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly lookup: (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;
  /** Keywright's own listeners: never a destination, however they are spelled. */
  readonly isOwn: (address: string, port: number) => boolean;
  readonly limits: Pick<Limits, 'lookupTimeout' | 'addressLifetime'>;
  readonly clock: Clock;
  /** Certificates to trust for every destination. */
  readonly trust?: readonly string[];
}

/** How long a name that could not be vetted is refused without asking again, milliseconds. */
const refusalLifetime = 1000;
/** Routes kept at most; the one vetted longest ago goes first. */
const maximumRoutes = 4096;

type Outcome = { readonly until: number } & ({ readonly route: Route } | { readonly refusal: Refusal });

/** Resolves once, classifies every address, and pins: what was checked is what is dialled, so a name cannot be rebound in between. */
export class Vetter {
  readonly #options: VetterOptions;
  readonly #destinations: ReadonlyMap<string, CompiledDestination>;
  readonly #ordinary: CompiledDestination;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #pending = new Map<string, Promise<Route>>();

  /** Throws a `UsageError` for a static address that is none. */
  constructor(options: VetterOptions) {
    const trust = options.trust ?? [];
    this.#options = options;
    this.#ordinary = compileDestination({ allowPrivate: false }, trust);
    this.#destinations = new Map(
      [...options.destinations].map(([name, destination]) => [name, compileDestination(destination, trust)]),
    );
  }

  /**
   * The route to an authority: at once while its vetted addresses are young, else after a look-up that all who ask share.
   * Throws or rejects with `address_refused`, `destination_name` or `destination_timeout`.
   */
  vet(authority: Authority): Route | Promise<Route> {
    const name = formatAuthority(authority);
    const known = this.#outcomes.get(name);
    if (known !== undefined && this.#options.clock.elapsed() < known.until) {
      if ('refusal' in known) throw known.refusal;
      return known.route;
    }
    const destination = this.#destinations.get(name) ?? this.#ordinary;
    const literal = destination.fixed?.address ?? (authority.kind === 'name' ? undefined : authority.host);
    if (literal !== undefined) return this.#remember(name, () => this.#check(authority, destination, [literal]));
    const pending = this.#pending.get(name);
    if (pending !== undefined) return pending;
    const looking = this.#lookUp(authority, destination, name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, looking);
    return looking;
  }

  async #lookUp(authority: Authority, destination: CompiledDestination, name: string): Promise<Route> {
    const { lookup, limits } = this.#options;
    const signal = AbortSignal.timeout(limits.lookupTimeout);
    try {
      const found = await Promise.race([lookup(authority.host, signal), aborted(signal)]);
      return this.#remember(name, () =>
        this.#check(
          authority,
          destination,
          found.map(({ address }) => address),
        ),
      );
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const code = signal.aborted ? 'destination_timeout' : 'destination_name';
      return this.#remember(name, () => {
        throw new Refusal(code, { cause: error });
      });
    }
  }

  #check(authority: Authority, destination: CompiledDestination, addresses: readonly string[]): Route {
    const { fixed, allowPrivate, caPem } = destination;
    const port = fixed?.port ?? authority.port;
    if (addresses.length === 0) throw new Refusal('destination_name', { cause: 'the name has no address' });
    for (const address of addresses) {
      if (this.#options.isOwn(unmapped(address), port)) throw refused('own', allowPrivate);
      const addressClass = classify(address);
      // One bad address refuses the name: an answer that mixes inside and outside is a rebinding attack, or as good as one.
      if (fixed === undefined && !isAllowed(addressClass, allowPrivate)) throw refused(addressClass, allowPrivate);
    }
    const serverName = destination.serverName ?? (authority.kind === 'name' ? authority.host : undefined);
    const isPublic = addresses.every((address) => classify(address) === 'public');
    const parts = [formatAuthority(authority), port, [...addresses].sort().join(','), serverName, destination.trustKey];
    const route: Omit<Route, typeof vetted> = {
      addresses: addresses.map((address) => ({ address, family: isIP(address) === 4 ? 4 : 6 })),
      authority,
      port,
      serverName,
      caPem,
      vetting: fixed !== undefined ? 'static' : isPublic ? 'public' : 'private allowed',
      key: parts.join(' '),
    };
    return route as Route;
  }

  #remember(name: string, settle: () => Route): Route {
    const { clock, limits } = this.#options;
    const keep = (outcome: Outcome): void => {
      this.#outcomes.delete(name);
      this.#outcomes.set(name, outcome);
      const [oldest] = this.#outcomes.size > maximumRoutes ? this.#outcomes.keys() : [];
      if (oldest !== undefined) this.#outcomes.delete(oldest);
    };
    try {
      const route = settle();
      keep({ route, until: clock.elapsed() + limits.addressLifetime });
      return route;
    } catch (error) {
      if (error instanceof Refusal) keep({ refusal: error, until: clock.elapsed() + refusalLifetime });
      throw error;
    }
  }
}

function refused(reason: AddressClass | 'own', allowPrivate: boolean): Refusal {
  const opens = reason !== 'own' && !allowPrivate && isAllowed(reason, true);
  return new Refusal('address_refused', {
    cause: reason === 'own' ? 'the address is this proxy itself' : `the address is ${reason}`,
    ...(opens ? { hint: 'destinations: { "HOST:PORT": { allow_private: true } }' } : {}),
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Reason('the look-up took too long')), { once: true });
  });
}
