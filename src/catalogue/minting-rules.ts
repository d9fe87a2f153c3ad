import { indexHosts } from '../policy/host-index.js';
import { covers, formatHostPattern, parseHostPattern, type HostPattern } from '../policy/host-pattern.js';
import type { DenyRule } from '../policy/rule.js';
import { ruleName } from './rule-name.js';
import type { MintingRule, Service } from './service.js';

/** What counts of a policy here. */
export interface CredentialUse {
  /** Undefined: all. */
  readonly clients: readonly string[] | undefined;
  readonly hosts: readonly HostPattern[];
  /** The service that its hosts are said to be of; else the catalogue's own hosts tell. */
  readonly service?: string | undefined;
}

/**
 * Deny rules for what makes new credentials, at every host of a known service where a policy sends a credential, for the clients
 * of that policy: what nobody sends a credential to costs nothing, and no tunnel is in the way of a rule.
 */
export function mintingRules(
  uses: readonly CredentialUse[],
  services: readonly Service[],
  allowed: readonly string[],
): readonly DenyRule[] {
  const guarded = services.filter(({ name, minting }) => 'rules' in minting && !allowed.includes(name));
  const lifted = new Set(allowed);
  const places = guarded.map((): Map<string, Place> => new Map());
  const note = (position: number, host: HostPattern, use: CredentialUse): void => {
    const place = obtain(places[position] as Map<string, Place>, formatHostPattern(host), host);
    if (use.clients === undefined) place.clients = undefined;
    for (const client of use.clients ?? []) place.clients?.add(client);
  };
  const matching = matcher(guarded);
  for (const use of uses) {
    const said = guarded.findIndex(({ name }) => name === use.service);
    for (const host of use.hosts) {
      if (said >= 0) note(said, host, use);
      for (const [position, shared] of matching(host)) note(position, shared, use);
    }
  }
  return guarded.flatMap((service, position) => rulesOf(service, [...(places[position]?.values() ?? [])], lifted));
}

/** A host, and the clients that are given a credential there; undefined: all. */
interface Place {
  readonly host: HostPattern;
  clients: Set<string> | undefined;
}

/** Which services have hosts in common with a pattern, and which those are, at the pattern's port. */
function matcher(services: readonly Service[]): (host: HostPattern) => readonly (readonly [number, HostPattern])[] {
  const lists = services.map(({ hosts, minting }) =>
    [...hosts, ...(('rules' in minting ? minting.beyond : undefined) ?? [])].map(parseHostPattern),
  );
  const over = indexHosts(lists);
  return (host) => {
    // A proxy, or a test, may have the service at another port.
    const usual = { ...host, port: usualPort };
    const whole = over(usual).map((position) => [position, host] as const);
    if (!host.wildcard) return whole;
    const parts = lists.flatMap((patterns, position) =>
      patterns
        .filter((pattern) => covers(usual, pattern))
        .map((pattern) => [position, { ...pattern, port: host.port }] as const),
    );
    return [...whole, ...parts];
  };
}

const usualPort = 443;

function rulesOf(service: Service, places: readonly Place[], lifted: ReadonlySet<string>): readonly DenyRule[] {
  const { minting } = service;
  if (!('rules' in minting)) return [];
  const kept = minting.rules.filter((rule) => !lifted.has(ruleName(service, rule)));
  return groups(places).flatMap(({ clients, hosts }) =>
    kept.flatMap((rule): DenyRule[] => {
      const within = narrowed(rule, hosts);
      if (within.length === 0) return [];
      const name = ruleName(service, rule);
      const { what, methods, paths, unless } = rule;
      return [
        {
          name: `catalogue ${name}`,
          clients,
          hosts: within,
          ...(methods === 'all' ? {} : { methods: changing }),
          paths,
          builtIn: {
            wayOut: `It would make new credentials (${what}): \`unsafe_minting: [${name}]\` in the configuration allows that.${butFor(unless)}`,
            unless,
          },
        },
      ];
    }),
  );
}

function butFor(actions: readonly string[] | undefined): string {
  return actions === undefined
    ? ''
    : ' A POST of a form that names an action which only reads is let through: see docs/services.md.';
}

/** Whoever overrides the method of a POST can have any of them. */
const changing = ['POST', 'PUT', 'PATCH'];

/** Hosts that the same clients are given a credential at. */
function groups(places: readonly Place[]): readonly { clients: readonly string[] | undefined; hosts: HostPattern[] }[] {
  const found = new Map<string, { clients: readonly string[] | undefined; hosts: HostPattern[] }>();
  for (const { host, clients } of places) {
    const sorted = clients === undefined ? undefined : [...clients].sort();
    const key = JSON.stringify(sorted ?? null);
    const group = found.get(key) ?? { clients: sorted, hosts: [] };
    group.hosts.push(host);
    found.set(key, group);
  }
  return [...found.values()];
}

function narrowed({ hosts: only }: MintingRule, hosts: readonly HostPattern[]): readonly HostPattern[] {
  if (only === undefined) return hosts;
  const patterns = only.map(parseHostPattern);
  return hosts.flatMap((host) =>
    patterns.flatMap((pattern) => {
      const usual = { ...host, port: usualPort };
      if (covers(pattern, usual)) return [host];
      return covers(usual, pattern) ? [{ ...pattern, port: host.port }] : [];
    }),
  );
}

function obtain(places: Map<string, Place>, key: string, host: HostPattern): Place {
  const place = places.get(key) ?? { host, clients: new Set() };
  places.set(key, place);
  return place;
}
