import type { Audit, SecretFields } from './audit/index.js';
import { referencesIn } from './config/check-sources.js';
import type { Config } from './config/load.js';
import type { Clock } from './core/clock.js';
import type { Limits } from './core/limits.js';
import { UsageError } from './core/usage-error.js';
import { environmentTrust } from './net/trust.js';
import { openAll, type OpenedSources, type Surroundings } from './opened-sources.js';
import { parseAuthority } from './policy/authority.js';
import type { AnyBackendKind, AnySourceKind } from './secrets/backend.js';
import { differsByCaller, type CallerTerms, type SecretEvent, type Secrets } from './secrets/index.js';
import { createSecrets, type LeasedSecrets, type NamedSource } from './secrets/lease.js';
import type { OpenedOnce } from './secrets/source-context.js';

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
}

/** Makes every backend and every source. `trial`: nothing is used up that cannot be had again, and no second configuration follows. */
export function openSecrets(
  config: Config,
  { environment, clock, ...more }: SecretsInput & { onEvent: (event: SecretEvent) => void; trial?: boolean },
): OpenSecrets {
  const surroundings = { environment, clock, platform: process.platform, trust: trustIn(environment), ...more };
  const opened = openChecked(config, surroundings, undefined);
  const { limits } = config;
  const parts = partsOf(opened);
  return {
    secrets: createSecrets({ ...parts, limits, clock, onEvent: more.onEvent }),
    isBackend: isBackendOf(opened),
    callerTerms: parts.sources,
  };
}

/** Secrets of one configuration. */
export interface Sources extends OpenSecrets {
  readonly secrets: LeasedSecrets;
  /** This configuration is the one in force from now on: its limits hold, and its log is told, for what began before it too; refused logins are tried again, once. */
  readonly begin: (audit: Audit) => void;
  readonly opened: OpenedSources;
  readonly process: OfProcess;
}

/** What is made with the secrets of one configuration. Where that throws they are closed: what others have too would never be. */
export function withSources<T>(
  input: Parameters<typeof openSources>[0],
  before: Sources | undefined,
  make: (sources: Sources) => T,
): T {
  const sources = openSources(input, before);
  try {
    return make(sources);
  } catch (error) {
    void sources.secrets.close();
    throw error;
  }
}

/** What outlives every configuration. */
interface OfProcess {
  readonly surroundings: Surroundings;
  audit: Audit | undefined;
  limits: Limits;
}

/**
 * Those of before go on, each with its login or its leases, where nothing has changed of what it is made of; what was newly made is closed
 * with `secrets`. Throws `UsageError`.
 */
export function openSources(
  input: SecretsInput & { config: Config; onSecretEvent?: (event: SecretEvent) => void },
  before: Sources | undefined,
): Sources {
  const { config } = input;
  const ofProcess = before?.process ?? beginProcess(input);
  const opened = openChecked(config, { ...ofProcess.surroundings, trust: trustIn(input.environment) }, before?.opened);
  const { clock, onEvent } = ofProcess.surroundings;
  const limits = {
    get secretTimeout() {
      return ofProcess.limits.secretTimeout;
    },
  };
  const parts = partsOf(opened);
  const secrets = before?.secrets.next(parts) ?? createSecrets({ ...parts, limits, clock, onEvent });
  return {
    secrets,
    isBackend: isBackendOf(opened),
    callerTerms: parts.sources,
    begin(audit) {
      Object.assign(ofProcess, { audit, limits: config.limits });
      secrets.retryLogins();
    },
    opened,
    process: ofProcess,
  };
}

function beginProcess({ config, environment, clock, onSecretEvent }: Parameters<typeof openSources>[0]): OfProcess {
  const onEvent = (event: SecretEvent): void => {
    ofProcess.audit?.secret(recordOf(event));
    onSecretEvent?.(event);
  };
  const { platform } = process;
  const surroundings = { environment, clock, platform, onEvent, trust: [], openedOnce: new Map<string, OpenedOnce>() };
  const ofProcess: OfProcess = { surroundings, audit: undefined, limits: config.limits };
  return ofProcess;
}

function openChecked(config: Config, surroundings: Surroundings, before: OpenedSources | undefined): OpenedSources {
  const opened = openAll(config, surroundings, before);
  try {
    refuseSharedLogins(config, partsOf(opened).sources);
  } catch (error) {
    void opened.discard();
    throw error;
  }
  return opened;
}

function partsOf({ sources, backends }: OpenedSources) {
  return {
    sources: new Map(Array.from(sources, ([name, { made }]) => [name, made])),
    backends: Array.from(backends.values(), ({ made }) => made),
  };
}

/** By addresses as a request names them. */
function isBackendOf({ backends }: OpenedSources): OpenSecrets['isBackend'] {
  const addresses = [...backends.values()]
    .flatMap(({ made }) => made.origins)
    .map(parseAuthority)
    .map(addressOf);
  const known = new Set(addresses);
  return (host, port) => known.has(addressOf({ host, port }));
}

function trustIn(environment: SecretsInput['environment']): readonly string[] {
  return environmentTrust(environment['NODE_EXTRA_CA_CERTS']);
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

/** An event as the audit has it, and the log: times in RFC 3339. */
export function recordOf({ expiresAt, reason, ...rest }: SecretEvent): SecretFields {
  const expires = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
  return { ...rest, expires, reason: reason?.message };
}
