import { isIP } from 'node:net';
import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Authority } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { formatAuthority } from '../policy/authority.js';
import { classifyName, type NameClass } from '../policy/private-name.js';
import { classify, isAllowed, unmapped } from './address.js';
import { compileDestination, type CompiledDestination, type Destination } from './destination.js';
import { Resolver, type Lookup } from './resolver.js';
import type { Route, vetted } from './route.js';
import type { AddressClass } from './special-addresses.js';
import type { UpstreamProxy } from './upstream-proxy.js';

export type { Route } from './route.js';

export interface VetterOptions {
  /** By `host:port` in canonical form. */
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly lookup: Lookup;
  /** Keywright's own listeners: never a destination, however they are spelled. */
  readonly isOwn: (address: string, port: number) => boolean;
  /**
   * Where secrets come from: never a destination. Asked with the host of a request before anything is looked up, and with each address.
   */
  readonly isBackend?: (hostOrAddress: string, port: number) => boolean;
  readonly limits: Pick<Limits, 'lookupTimeout' | 'addressLifetime'>;
  readonly clock: Clock;
  /** Certificates to trust for every destination. */
  readonly trust?: readonly string[];
  /** The way out, where there is no other: names are vetted then instead of addresses. */
  readonly proxy?: UpstreamProxy | undefined;
}

/** How long a name that could not be vetted is refused without asking again, milliseconds. */
const refusalLifetime = 1000;
/** Routes kept at most; the one vetted longest ago goes first. */
const maximumRoutes = 4096;
/** Addresses of a name that are dialled at most; all of them are checked. */
const maximumAddresses = 16;

type Outcome = { readonly until: number } & ({ readonly route: Route } | { readonly refusal: Refusal });

/**
 * Resolves once, classifies every address, and pins: what was checked is what is dialled, so a name cannot be rebound in between.
 * Where an upstream proxy looks the name up, the name is what can be checked.
 */
export class Vetter {
  readonly #options: VetterOptions;
  readonly #destinations: ReadonlyMap<string, CompiledDestination>;
  readonly #ordinary: CompiledDestination;
  readonly #resolver: Resolver;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #pending = new Map<string, Promise<Route>>();

  /** Throws a `UsageError` for a static address that is none. */
  constructor(options: VetterOptions) {
    const trust = options.trust ?? [];
    this.#options = options;
    this.#resolver = new Resolver(options.lookup, options.limits.lookupTimeout);
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
    const { fixed } = destination;
    const { proxy, isBackend } = this.#options;
    if (isBackend?.(authority.host, authority.port) === true) throw refused('a place that secrets come from');
    if (fixed === undefined && proxy?.takes(authority) === true) {
      return this.#remember(name, () => this.#throughProxy(authority, destination, proxy));
    }
    const literal = fixed?.address ?? (authority.kind === 'name' ? undefined : authority.host);
    if (literal !== undefined) return this.#remember(name, () => this.#direct(authority, destination, [literal]));
    const pending = this.#pending.get(name);
    if (pending !== undefined) return pending;
    const looking = this.#lookUp(authority, destination, name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, looking);
    return looking;
  }

  async #lookUp(authority: Authority, destination: CompiledDestination, name: string): Promise<Route> {
    const settle = await this.#resolver.resolve(authority.host).then(
      (found) => () => this.#direct(authority, destination, found),
      (error: unknown) => () => {
        throw error;
      },
    );
    return this.#remember(name, settle);
  }

  #direct(authority: Authority, destination: CompiledDestination, addresses: readonly string[]): Route {
    const { fixed, allowPrivate } = destination;
    const port = fixed?.port ?? authority.port;
    if (addresses.length === 0) throw new Refusal('destination_name', { cause: new Reason('the name has no address') });
    for (const address of addresses) {
      this.#checkApart(address, port);
      const addressClass = classify(address);
      // One bad address refuses the name: an answer that mixes inside and outside is a rebinding attack, or as good as one.
      if (fixed === undefined && !isAllowed(addressClass, allowPrivate)) throw ofClass(addressClass, allowPrivate);
    }
    const isPublic = addresses.every((address) => classify(address) === 'public');
    const vetting = fixed !== undefined ? 'static' : isPublic ? 'public' : 'private allowed';
    return routeTo(authority, destination, { addresses: addresses.slice(0, maximumAddresses), port, vetting });
  }

  /** The proxy looks the name up, and this machine may not even be able to: so names that could lead inside are not passed on. */
  #throughProxy(authority: Authority, destination: CompiledDestination, proxy: UpstreamProxy): Route {
    const { host, port, kind } = authority;
    if (kind === 'name') {
      const nameClass = classifyName(host);
      const isInside = nameClass === 'private' && destination.allowPrivate;
      if (nameClass !== 'public' && !isInside) throw ofNameClass(nameClass);
    } else {
      this.#checkApart(host, port);
      const addressClass = classify(host);
      if (!isAllowed(addressClass, true)) throw ofClass(addressClass, true);
      if (!destination.allowPrivate) throw refused('an address, and no name, for the upstream proxy', allowing);
    }
    return routeTo(authority, destination, { addresses: [], port, vetting: 'by upstream proxy', via: proxy });
  }

  #checkApart(address: string, port: number): void {
    if (this.#options.isOwn(unmapped(address), port)) throw refused('this proxy itself');
    if (this.#options.isBackend?.(unmapped(address), port) === true) throw refused('a place that secrets come from');
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

function routeTo(
  authority: Authority,
  { serverName, caPem, trustKey }: CompiledDestination,
  way: Pick<Route, 'port' | 'vetting' | 'via'> & { readonly addresses: readonly string[] },
): Route {
  const { addresses, port, vetting, via } = way;
  const name = serverName ?? (authority.kind === 'name' ? authority.host : undefined);
  const parts = [formatAuthority(authority), port, via?.key ?? [...addresses].sort().join(','), name, trustKey];
  const route: Omit<Route, typeof vetted> = {
    addresses: addresses.map((address) => ({ address, family: isIP(address) === 4 ? 4 : 6 })),
    authority,
    port,
    serverName: name,
    caPem,
    vetting,
    ...(via === undefined ? {} : { via }),
    key: parts.join(' '),
  };
  return route as Route;
}

/** The line of configuration that would allow it. */
const allowing = 'destinations: { "HOST:PORT": { allow_private: true } }';

function ofClass(addressClass: AddressClass, allowPrivate: boolean): Refusal {
  return refused(addressClass, !allowPrivate && isAllowed(addressClass, true) ? allowing : undefined);
}

function ofNameClass(nameClass: NameClass): Refusal {
  return refused(`a ${nameClass} name, for the upstream proxy`, nameClass === 'private' ? allowing : undefined);
}

function refused(what: string, hint?: string): Refusal {
  return new Refusal('address_refused', {
    cause: new Reason(`the address is ${what}`),
    ...(hint === undefined ? {} : { hint }),
  });
}
