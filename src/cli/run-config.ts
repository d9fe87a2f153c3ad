import { join } from 'node:path';
import { signsOnly, type Binding } from '../adopt/binding.js';
import type { Exchange } from '../adopt/exchange.js';
import { isReviewedHost, readOnlyOf } from '../catalogue/read-only.js';
import { serviceNamed } from '../catalogue/service-named.js';
import { parseGenerated, type Config } from '../config/load.js';
import { checkSettings } from '../config/check.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { covers, formatHostPattern, parseHostPattern, type HostPattern } from '../policy/host-pattern.js';

export interface RunSettings {
  readonly client: string;
  readonly tokenSha256: string;
  readonly bindings: readonly Binding[];
  readonly exchanges?: readonly Exchange[];
  /** Private to the run: what it keeps ends with it. */
  readonly folder?: string;
  /** Package registries: tunnelled unread. */
  readonly registries: readonly string[];
  /** Where the audit log goes unless the configuration says so. */
  readonly auditFolder: string;
  /** Only what the read-only lists of the catalogue allow goes out with what was taken from the child. */
  readonly readOnly?: boolean;
}

/** A secret that goes on requests. */
type Placed = Pick<Binding, 'services' | 'secretName' | 'hosts' | 'inject'>;

/** The name under which the value of a taken secret stands among the variables that the `env` source reads. */
export function takenVariable(secretName: string): string {
  return `taken-from-the-child:${secretName}`;
}

/**
 * The configuration of one run: the user's own, if there is one, and after it what the child's credentials need. What is generated
 * goes through the same grammar and checks as a file: placeholders only, each for its own hosts.
 */
export function runConfig(user: Config | undefined, settings: RunSettings): Config {
  const generated = parseGenerated(generatedText(settings), 'keywright run');
  if (user === undefined) return withCa(generated);
  if (user.audit.some(({ kind }) => kind.kind === 'stdout')) {
    throw new UsageError(
      `the configuration ${user.file} writes the audit log to standard output, which belongs to the program that \`run\` starts.`,
    );
  }
  const merged: Config = {
    ...user,
    listen: generated.listen,
    secrets: new Map([...user.secrets, ...generated.secrets]),
    destinations: new Map([...generated.destinations, ...user.destinations]),
    clients: [...user.clients.filter(({ name }) => name !== settings.client), ...generated.clients],
    policies: [...user.policies, ...generated.policies],
    unsafeAnonymous: false,
    text: `${user.text}\n${generated.text}`,
  };
  const [problem] = checkSettings(merged);
  if (problem !== undefined) {
    throw new UsageError(
      `the configuration ${user.file} does not go together with what this command needs: ${problem.message}.`,
    );
  }
  return withCa(merged);
}

function generatedText(settings: RunSettings): string {
  const { client, tokenSha256, bindings, exchanges = [], registries, auditFolder } = settings;
  const secrets = bindings.map((binding) => [
    binding.secretName,
    {
      ...{ from: 'env', name: takenVariable(binding.secretName), hosts: binding.hosts, placeholder: binding.shape },
      ...(signsOnly(binding) && { unsafe_shared_suffix: true }),
    },
  ]);
  const tokens = exchanges.map((exchange) => [exchange.secretName, tokenOf(exchange, settings.folder ?? '')]);
  // An endpoint's policy is for one path of a host that another one may be for as well.
  const policies = [...endpointsFor(exchanges, client), ...policiesFor(settings)];
  const tunnel = { name: 'package-registries', clients: [client], hosts: registries, action: 'tunnel' };
  // A registry of the user's own configuration may well be inside the user's own network.
  const destinations = Object.fromEntries(registries.map((host) => [host, { allow_private: true }]));
  return JSON.stringify({
    version: 1,
    destinations,
    listen: { proxy: ['127.0.0.1:0'] },
    clients: [{ name: client, token_sha256: tokenSha256 }],
    secrets: Object.fromEntries([...secrets, ...tokens]) as object,
    policies: registries.length === 0 ? policies : [...policies, tunnel],
    audit: [{ type: 'file', dir: auditFolder }],
  });
}

/**
 * The source of an access token. A refresh token that follows the first one is kept for the run alone: services whose tokens change with
 * each use would have to be asked for consent again afterwards, and no service of the catalogue is one.
 */
function tokenOf(exchange: Exchange, folder: string): object {
  const { secretName, endpoint, clientId, clientAuth, clientSecret, refreshToken, hosts, untyped, shape } = exchange;
  const by =
    refreshToken === undefined
      ? { grant: 'client_credentials' }
      : { grant: 'refresh_token', refresh_token: refreshToken, state_file: join(folder, `${secretName}.json`) };
  const client = { client_id: clientId, client_auth: clientAuth, client_secret: clientSecret };
  const type = untyped === true ? { token_type: 'none' } : {};
  return { from: 'oauth', token_url: endpoint, ...client, ...by, ...type, hosts, placeholder: shape };
}

/** Where the program asks for tokens itself; accounts that ask at one place are told by what the program asks with. */
function endpointsFor(exchanges: readonly Exchange[], client: string): object[] {
  return [...new Set(exchanges.map(({ endpoint }) => endpoint))].map((endpoint) => {
    const there = exchanges.filter((exchange) => exchange.endpoint === endpoint);
    const [first, ...others] = there.map(({ secretName: secret, refreshToken, clientSecret }) =>
      there.length === 1 ? { secret } : { secret, asked_with: refreshToken ?? clientSecret },
    );
    const { host, pathname } = new URL(endpoint);
    const token = { token_endpoint: { ...first, others } };
    return { name: `${first?.secret ?? ''}-endpoint`, clients: [client], hosts: [host], paths: [pathname], ...token };
  });
}

/**
 * A policy for each set of hosts that the same secrets may go to, with the injections of all of them: the first policy that matches
 * decides, so two accounts of one service have to stand in the same one. Exact hosts come before the wildcards that cover them.
 * Where the secrets are of several services, each has its policy: the first decides, unless they allow only what reads, and the rules
 * on new credentials of all of them hold.
 */
function policiesFor({ bindings, exchanges = [], client, readOnly = false }: RunSettings): object[] {
  const given: readonly Placed[] = [...bindings.filter(({ isExchanged = false }) => !isExchanged), ...exchanges];
  // Parts of keys are put on requests by the part that they are told by.
  const placed = given.filter(({ inject }) => inject.length > 0);
  const hosts = [...new Set(placed.flatMap((binding) => binding.hosts))].map(parseHostPattern);
  hosts.sort((a, b) => Number(a.wildcard) - Number(b.wildcard) || b.host.length - a.host.length);
  const groups = new Map<string, { hosts: string[]; given: readonly Placed[] }>();
  for (const host of hosts) {
    const allowed = given.filter((binding) => binding.hosts.some((outer) => covers(parseHostPattern(outer), host)));
    const key = [host.wildcard ? host.host : '', ...allowed.map(({ secretName }) => secretName)].join(' ');
    const group = groups.get(key) ?? { hosts: [], given: allowed };
    group.hosts.push(formatHostPattern(host));
    groups.set(key, group);
  }
  const names = new Set<string>();
  return [...groups.values()].flatMap(({ hosts: patterns, given: allowed }) =>
    [...new Set(allowed.flatMap(({ services }) => services))].flatMap((service) => {
      const own = readOnly ? reviewed(service, patterns) : patterns;
      if (own.length === 0) return [];
      const policy = { name: unusedName(nameFor(allowed), names), clients: [client], hosts: own, service };
      const inject = allowed.flatMap((binding) => binding.inject);
      const shared = allowed.every(signsOnly) ? { unsafe_shared_suffix: true } : {};
      return [{ ...policy, ...(readOnly ? { access: 'read-only' } : {}), ...shared, inject }];
    }),
  );
}

/** The hosts that the read-only list of a service is for. Throws `MissingError` where it has none. */
function reviewed(name: string, hosts: readonly string[]): readonly string[] {
  const service = serviceNamed(name);
  const variant = service === undefined ? { none: 'it is not in the catalogue' } : readOnlyOf(service);
  if (service === undefined || 'none' in variant) {
    const why = 'none' in variant ? variant.none : '';
    throw new MissingError(
      `the program was not started: ${name} has no read-only list (${why}). Start it without its secret, or without --read-only.`,
    );
  }
  return hosts.filter((host) => isReviewedHost(service, variant, parseHostPattern(host)));
}

/** Policies are named for their secrets, within what a name may be. */
function nameFor(bindings: readonly Placed[]): string {
  return bindings
    .map(({ secretName }) => secretName)
    .join('_')
    .slice(0, 60);
}

function unusedName(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let count = 2; used.has(name); count += 1) name = `${wanted}-${count}`;
  used.add(name);
  return name;
}

/** The CA of a run lives in memory and is good for the hosts of its policies only: whoever got its key could do nothing else with it. */
function withCa(config: Config): Config {
  const hosts = config.policies.filter(({ action }) => action === 'allow').flatMap((policy) => policy.hosts);
  const permit = [...new Set(hosts.map(domainOf))];
  return { ...config, ca: { mode: 'memory', permit: permit.length === 0 ? ['nothing.invalid'] : permit } };
}

function domainOf(pattern: HostPattern): string {
  return formatHostPattern({ ...pattern, port: 443 }).replace(/^\*\./, '');
}
