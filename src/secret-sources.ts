import { isDeepStrictEqual } from 'node:util';
import type { Audit, SecretFields } from './audit/index.js';
import { backendOf, referencesIn } from './config/check-sources.js';
import type { Config } from './config/load.js';
import type { Clock } from './core/clock.js';
import { UsageError } from './core/usage-error.js';
import { createHttpClient } from './net/client.js';
import { environmentTrust } from './net/trust.js';
import { parseAuthority } from './policy/authority.js';
import { matchesHost } from './policy/host-pattern.js';
import type { AnyBackendKind, AnySourceKind, Backend } from './secrets/backend.js';
import { differsByCaller, type CallerTerms, type SecretEvent, type Secrets } from './secrets/index.js';
import { createSecrets, type NamedSource } from './secrets/lease.js';
import type { CommonContext } from './secrets/source-context.js';
import { openStore } from './secrets/store/index.js';

/** Secrets, and the backends that they come from. */
export interface OpenSecrets {
  readonly secrets: Secrets;
  /** Whether this is where a backend is reached: never a destination. */
  readonly isBackend: (host: string, port: number) => boolean;
  /** How each secret depends on who asks, by its name. */
  readonly callerTerms: ReadonlyMap<string, CallerTerms>;
}

export interface SecretsInput {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly onEvent: (event: SecretEvent) => void;
}

/** Makes every backend and every source. */
export function openSecrets(config: Config, { environment, clock, onEvent }: SecretsInput): OpenSecrets {
  const trust = environmentTrust(environment['NODE_EXTRA_CA_CERTS']);
  const store = openStore(config.store, { environment, platform: process.platform, clock, configFile: config.file });
  const common = (name: string): CommonContext => ({
    name,
    environment,
    folder: config.folder,
    configFile: config.file,
    clock,
    http: (options) => createHttpClient(options, trust),
    onEvent,
    store,
  });
  const backends = new Map<string, Backend>(
    Array.from(config.backends, ([name, { kind, options }]) => [name, kind.make(options as never, common(name))]),
  );
  const sources = Array.from(config.secrets, ([name, secret]): [string, NamedSource] => {
    const { kind, options, hosts, plainFields } = secret;
    const backend = backends.get(backendOf(config, kind, options) ?? '');
    const source = kind.make(options as never, { ...common(name), backend });
    const mayGoTo = (host: string): boolean => {
      const authority = parseAuthority(host);
      return hosts.some((pattern) => matchesHost(pattern, authority));
    };
    const parts = referencesIn([options, config.backends.get(backendOf(config, kind, options) ?? '')?.options]);
    const names = parts.map(({ reference }) => reference.name);
    return [name, { kind: kind.kind, source, plainFields, mayGoTo, parts: names }];
  });
  refuseSharedLogins(config, new Map(sources));
  const { limits } = config;
  // As a request names it.
  const origins = new Set(
    [...backends.values()].flatMap((backend) => backend.origins.map((origin) => addressOf(parseAuthority(origin)))),
  );
  return {
    secrets: createSecrets({ sources: new Map(sources), backends: backends.values(), limits, clock, onEvent }),
    isBackend: (host, port) => origins.has(addressOf({ host, port })),
    callerTerms: new Map(sources),
  };
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host} ${port}`;
}

/** What is done once for all callers: what differs by caller would be used for all of them. */
function refuseSharedLogins({ backends, secrets }: Config, sources: ReadonlyMap<string, NamedSource>): void {
  const differs = (name: string): boolean => differsByCaller(name, sources);
  for (const [name, { kind, options }] of secrets) {
    const shared = ((kind as AnySourceKind).sharedParts?.(options as never) ?? []).find((part) => differs(part.name));
    if (shared === undefined) continue;
    throw new UsageError(
      `the secret ${name} would be made for everybody from ${shared.name}, which differs by caller.`,
    );
  }
  for (const [name, { kind, options }] of backends) {
    const shared = referencesIn(options).find(({ reference }) => differs(reference.name));
    if (shared === undefined || (kind as AnyBackendKind).loginByCaller === true) continue;
    const secret = shared.reference.name;
    throw new UsageError(
      `the backend ${name} would log in for everybody with the secret ${secret}, which differs by caller.`,
    );
  }
}

/** Secrets of one configuration. What becomes of them is told to the log that was named last. */
export interface Sources extends OpenSecrets {
  readonly tellTo: (audit: Audit) => void;
}

/** Those of before go on, with their leases, where nothing of where they live has changed. */
export function openSources(
  input: Omit<SecretsInput, 'onEvent'> & { config: Config; onSecretEvent?: (event: SecretEvent) => void },
  before: { readonly config: Config; readonly sources: Sources } | undefined,
): Sources {
  const { config, onSecretEvent, ...rest } = input;
  if (before !== undefined && isDeepStrictEqual(about(before.config), about(config))) return before.sources;
  let log: Audit | undefined;
  const onEvent = (event: SecretEvent): void => {
    log?.secret(recordOf(event));
    onSecretEvent?.(event);
  };
  return { ...openSecrets(config, { ...rest, onEvent }), tellTo: (audit) => (log = audit) };
}

function about({ secrets, backends, store, limits, folder }: Config): unknown {
  return [secrets, backends, store, limits.secretTimeout, folder];
}

/** An event as the audit has it, and the log: times in RFC 3339. */
export function recordOf({ expiresAt, reason, ...rest }: SecretEvent): SecretFields {
  const expires = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
  return { ...rest, expires, reason: reason?.message };
}
