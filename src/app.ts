import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Audit } from './audit/index.js';
import { createAudit } from './audit/log.js';
import {
  createMemoryAuthority,
  loadFileAuthority,
  openGeneratedAuthority,
  type IssuingAuthority,
} from './ca/authority.js';
import { LeafCache } from './ca/cache.js';
import type { Config } from './config/load.js';
import { systemClock } from './core/clock.js';
import { MissingError } from './core/usage-error.js';
import { Refusal } from './core/refusal.js';
import { createCallerIndex } from './identity/callers.js';
import { identifiersFor } from './identity/registry.js';
import { chooseInjections } from './inject/choose.js';
import { guardBody } from './inject/body-guard.js';
import type { Placeholders } from './inject/placeholder.js';
import { systemLookup } from './net/lookup.js';
import { environmentTrust } from './net/trust.js';
import { Vetter } from './net/vet.js';
import { Decider } from './policy/decide.js';
import type { Plan, Report, Services } from './proxy/services.js';
import { createSecrets } from './secrets/lease.js';
import type { Secrets } from './secrets/index.js';
import { RunningApp, type App } from './running-app.js';
import { Sender } from './upstream/send.js';

const clock = systemClock;

export type { App } from './running-app.js';

/** What an app is made from, beside its configuration. */
export interface AppInput {
  readonly config: Config;
  /** Where the `env` source reads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly placeholders: Placeholders;
  readonly version: string;
  /** What the operator gets to read of each refusal. */
  readonly report: (report: Report) => void;
  /** Marks the records of one `keywright run`. */
  readonly run?: string;
  /** A loopback listener whose every connection is this client's: for a runtime that cannot send proxy credentials. */
  readonly listenerFor?: string;
}

/** The composition root: the only place where plug-ins are made. Throws `UsageError` or `MissingError`. */
export function createApp(input: AppInput): App {
  const { config, environment, placeholders } = input;
  const { limits } = config;
  const instance = randomUUID();
  const decider = openDecider(config, placeholders);
  const secrets = openSecrets(config, environment);
  const authority = openAuthority(config);
  const leaves = new LeafCache(authority, limits, clock);
  const audit = openAudit(config, instance, input);
  const sender = new Sender(limits);
  const own = new Set<string>();
  const services: Services = {
    limits,
    clock,
    audit,
    decider,
    secrets,
    sender,
    policyRevision: revisionOf(config),
    callers: createCallerIndex({
      identifiers: identifiersFor(config.clients),
      ...(config.unsafeAnonymous ? { anonymous: 'anonymous' } : {}),
      limits,
      clock,
    }),
    chooseInjections: (grant, head, caller) => chooseInjections(grant, head, caller, placeholders),
    guardBody: placeholders.any ? (body) => guardBody(body, (id) => placeholders.owner(id) !== undefined) : undefined,
    vetter: openVetter(config, environment, (address, port) => own.has(`${address} ${port}`)),
    leafFor: (host) => {
      if (!decider.mayIntercept(host)) throw new Refusal('no_policy');
      return leaves.contextFor(host);
    },
    report: input.report,
  };
  const { version, listenerFor } = input;
  return new RunningApp({
    listen: config.listen,
    services,
    trustPem: authority.trustPem,
    instance,
    version,
    listenerFor,
    own,
  });
}

/** What decides: also without a running app, for `explain`. */
export function openDecider(config: Config, placeholders: Placeholders): Decider<Plan> {
  const policies = config.policies.map((policy) => ({
    ...policy,
    plan: policy.inject.map(({ kind, options, mode }) => kind.make(options as never, { mode, placeholders })),
  }));
  return new Decider<Plan>({ policies, deny: config.deny });
}

/** Where secrets come from: also without a running app, for `check`. */
export function openSecrets(config: Config, environment: AppInput['environment']): Secrets {
  const context = { environment, folder: config.folder, clock };
  const sources = Array.from(config.secrets, ([name, { kind, options }]) => {
    return [name, { kind: kind.kind, source: kind.make(options as never, { ...context, name }) }] as const;
  });
  return createSecrets({ sources: new Map(sources), limits: config.limits, clock });
}

function openAuthority({ ca }: Config): IssuingAuthority {
  const permit = 'permit' in ca && ca.permit !== undefined ? { permit: ca.permit } : {};
  switch (ca.mode) {
    case 'memory':
      return createMemoryAuthority({ ...permit, clock });
    case 'generate':
      return openGeneratedAuthority({ dir: ca.dir, ...permit, clock });
    case 'files':
      return loadFileAuthority({ cert_file: ca.cert_file, key_file: ca.key_file, clock });
  }
}

function openAudit(config: Config, instance: string, { version, run }: AppInput): Audit {
  const sinks = config.audit.map(({ kind, options }) => kind.make(options as never, { instance, clock }));
  const about = { version, policy_rev: revisionOf(config), pid: process.pid, host: hostname() };
  return createAudit({ sinks, instance, clock, about, ...(run === undefined ? {} : { run }) });
}

function openVetter(
  config: Config,
  environment: AppInput['environment'],
  isOwn: (address: string, port: number) => boolean,
): Vetter {
  const destinations = Array.from(config.destinations, ([authority, { caFile, ...rest }]) => {
    return [authority, { ...rest, ...(caFile === undefined ? {} : { caPem: readPem(caFile) }) }] as const;
  });
  return new Vetter({
    destinations: new Map(destinations),
    lookup: systemLookup,
    isOwn,
    limits: config.limits,
    clock,
    trust: [
      ...environmentTrust(environment['NODE_EXTRA_CA_CERTS']),
      ...(config.upstream.caFile === undefined ? [] : [readPem(config.upstream.caFile)]),
    ],
  });
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The reason is one of a few, and the path is what the operator needs.
    throw new MissingError(`the certificate file ${path} is missing or cannot be read.`);
  }
}

/** Which rules decided: the same configuration has the same revision, on every replica. */
function revisionOf(config: Config): string {
  return createHash('sha256').update(config.text).digest('hex').slice(0, 12);
}
