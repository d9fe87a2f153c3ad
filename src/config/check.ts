import { UsageError } from '../core/usage-error.js';
import { checkAccess } from './check-access.js';
import { checkHosts } from './check-hosts.js';
import { checkSends } from './check-sends.js';
import { checkSources } from './check-sources.js';
import { checkInjections, unknownSecret } from './check-inject.js';
import { checkTokenEndpoints } from './check-token-endpoints.js';
import type { AnySourceKind } from '../secrets/backend.js';
import type { Config, Settings } from './config.js';
import { found, quoted } from './found.js';
import type { Path, Problem } from './problem.js';
import { isLocal } from './schema-listen.js';

/** The mistakes that only show when parts of a configuration are seen together. */
export function checkSettings(settings: Settings): readonly Problem[] {
  const injected = checkInjections(settings);
  return [
    ...duplicates('clients', settings.clients),
    ...duplicates('deny', settings.deny),
    ...duplicates('policies', settings.policies),
    ...clientsOfNoName(settings),
    ...unknownClients(settings),
    ...checkSources(settings),
    ...checkSends(settings),
    ...injected.problems,
    ...unknownSecretsOfRun(settings),
    ...plainListeners(settings),
    ...impossibleTunnels(settings),
    ...checkTokenEndpoints(settings),
    ...checkAccess(settings),
    ...checkHosts(settings, injected.secrets),
  ];
}

/** `serve` has to know who asks. Throws `UsageError`; `run` needs no such check, as it makes a client of its own. */
export function checkServe(config: Config): void {
  if (config.unsafeAnonymous || config.clients.some(({ tokenSha256 }) => tokenSha256 !== undefined)) return;
  throw new UsageError(
    `${config.file} has no client with a token, so nobody could ask: \`keywright client add NAME\` makes one (or say unsafe_anonymous: true).`,
  );
}

function duplicates(list: string, entries: readonly { readonly name: string }[]): Problem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name }, index) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [problem([list, index, 'name'], `found ${found(name)} a second time; allowed is a name once`)] : [];
  });
}

/** It would get what policies give to callers that showed no name. */
function clientsOfNoName({ clients }: Settings): Problem[] {
  return clients.flatMap(({ name }, index) =>
    name === anonymous
      ? [problem(['clients', index, 'name'], 'found the name of callers that show none; allowed is another name')]
      : [],
  );
}

/** What callers that show no name are called where `unsafe_anonymous` lets them in. */
export const anonymous = 'anonymous';

function unknownClients({ clients, unsafeAnonymous, deny, policies, secrets }: Settings): Problem[] {
  const known = new Set([...clients.map(({ name }) => name), ...(unsafeAnonymous ? [anonymous] : [])]);
  const ofRules = Object.entries({ deny, policies }).flatMap(([list, rules]) =>
    rules.flatMap((rule, index) =>
      (rule.clients ?? []).map((name, at) => ({ path: [list, index, 'clients', at], name })),
    ),
  );
  const ofSecrets = Array.from(secrets, ([secret, { kind, options }]) =>
    ((kind as AnySourceKind).clients?.(options as never) ?? []).map(({ path, name }) => {
      return { path: ['secrets', secret, ...path], name };
    }),
  ).flat();
  return [...ofRules, ...ofSecrets]
    .filter(({ name }) => !known.has(name))
    .map(({ path, name }) => problem(path, unknownClient(name, known)));
}

function unknownSecretsOfRun({ secrets, run }: Settings): Problem[] {
  return Object.entries({ env: run.env, args: run.args }).flatMap(([key, names]) =>
    Object.entries(names)
      .filter(([, secret]) => !secrets.has(secret))
      .map(([name, secret]) => unknownSecret(['run', key, name], secret, secrets.keys())),
  );
}

function plainListeners({ listen }: Settings): Problem[] {
  if (listen.unsafePlainListener) return [];
  return listen.proxy.flatMap((address, index) =>
    isLocal(address)
      ? []
      : [
          problem(
            ['listen', 'proxy', index],
            'found an address that other machines can reach, without TLS; allowed is one on loopback, unix:/path, or unsafe_plain_listener: true',
          ),
        ],
  );
}

/** What nobody looks inside of, nobody can match or change. */
function impossibleTunnels({ policies }: Settings): Problem[] {
  return policies.flatMap(({ action, methods, paths, inject, tokenEndpoint, unsafeOpaqueUpgrade }, index) => {
    if (action !== 'tunnel') return [];
    const present = {
      methods: methods !== undefined,
      paths: paths !== undefined,
      inject: inject.length > 0,
      token_endpoint: tokenEndpoint !== undefined,
      unsafe_opaque_upgrade: unsafeOpaqueUpgrade,
    };
    return Object.entries(present)
      .filter(([, given]) => given)
      .map(([key]): Problem => ({
        path: ['policies', index, key],
        at: 'key',
        message: `found ${quoted(key)} in a tunnel, which is not looked into; allowed is action: allow, or no ${key}`,
      }));
  });
}

function unknownClient(name: string, known: ReadonlySet<string>): string {
  const allowed = known.size === 0 ? 'there are none' : Array.from(known, quoted).join(', ');
  return `found the unknown client ${found(name)}; allowed are those of the configuration: ${allowed}`;
}

function problem(path: Path, message: string): Problem {
  return { path, at: 'value', message };
}
