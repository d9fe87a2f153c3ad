import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { createAudit } from './audit/log.js';
import { decisionRules } from './catalogue/decision-rules.js';
import { createMemoryAuthority, type IssuingAuthority } from './ca/authority.js';
import { LeafCache } from './ca/cache.js';
import { openGeneratedAuthority } from './ca/generated.js';
import { loadFileAuthority } from './ca/operator-files.js';
import type { Config } from './config/load.js';
import { systemClock } from './core/clock.js';
import { Holds } from './core/holds.js';
import type { Limits } from './core/limits.js';
import { Refusal } from './core/refusal.js';
import type { Generation, Issuing, Lasting, Settings } from './generation.js';
import { createCallerIndex } from './identity/callers.js';
import { identifiersFor } from './identity/registry.js';
import { chooseInjections, chooseToken } from './inject/choose.js';
import { guardBody, guardMessages } from './inject/body-guard.js';
import type { Placeholders } from './inject/placeholder.js';
import { Decider } from './policy/decide.js';
import { keepObjectsYoung } from './process/young-objects.js';
import type { Alarm, Plan, Report, Services } from './proxy/services.js';
import { openShowPath } from './proxy/shown-path.js';
import { RunningApp, type App } from './running-app.js';
import type { SecretEvent } from './secrets/index.js';
import { withSources, type Sources } from './secret-sources.js';
import { Sender } from './upstream/send.js';
import { openVetter } from './way-out.js';

const clock = systemClock;

export type { App } from './running-app.js';

/** What an app is made from, beside its configuration. */
export interface AppInput extends Settings {
  /** Where the `env` source reads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** What the operator gets to read of each refusal. */
  readonly report: (report: Report) => void;
  /** What points at a leak. */
  readonly alarm: (alarm: Alarm) => void;
  /** What becomes of secrets and of logins at their backends: the audit log has it too. */
  readonly onSecretEvent?: (event: SecretEvent) => void;
  /** Marks the records of one `keywright run`. */
  readonly run?: string;
  /** A loopback listener whose every connection is this client's: for a runtime that cannot send proxy credentials. */
  readonly listenerFor?: string;
  /** What the health page says of who can read this process. */
  readonly memory?: string;
}

/** The composition root: the only place where plug-ins are made. Throws `UsageError` or `MissingError`. */
export function createApp(input: AppInput): App {
  const { config, placeholders, version, listenerFor, memory } = input;
  // Before the first request, and not before what is needed for it was loaded: Node takes no code from its own cache after that.
  keepObjectsYoung();
  return new RunningApp({
    settings: { config, placeholders },
    open: (settings, lasting, before) => openGeneration({ ...input, ...settings }, lasting, before),
    version,
    memory,
    listenerFor,
  });
}

/** Everything of one configuration. The audit comes last: it is the one part whose making leaves a trace. */
function openGeneration(input: AppInput, lasting: Lasting, before: Generation | undefined): Generation {
  return withSources({ ...input, clock }, before?.sources, (sources) => openAround(sources, input, lasting, before));
}

function openAround(sources: Sources, input: AppInput, lasting: Lasting, before: Generation | undefined): Generation {
  const { config, environment, placeholders } = input;
  const { limits } = config;
  const { decider, showPath } = openRules(config, placeholders);
  const issuing = openIssuing(config, before);
  const vetter = openVetter(config, environment, { isOwn: lasting.isOwn, isBackend: sources.isBackend });
  const callers = createCallerIndex({
    identifiers: identifiersFor(config.clients),
    entries: clientEntries(config),
    ...(config.unsafeAnonymous ? { anonymous } : {}),
    limits,
    clock,
    before: before?.services.callers,
  });
  const sender = new Sender(limits);
  const holds = new Holds();
  const { audit, instance } = openAudit(config, input, before);
  const services: Services = {
    limits,
    clock,
    audit,
    decider,
    secrets: sources.secrets,
    sender,
    policyRevision: revisionOf(config),
    showPath,
    callers,
    chooseInjections: (grant, head, caller, asksForWebSocket) =>
      chooseInjections(grant, head, caller, placeholders, asksForWebSocket),
    chooseToken: (leave, head, trailers, caller) => chooseToken(leave, head, trailers, caller, placeholders),
    heldBytes: lasting.heldBytes,
    guardBody: placeholders.any
      ? (body, trailers) => guardBody(body, (id) => placeholders.owner(id) !== undefined, trailers)
      : undefined,
    guardMessages: placeholders.any
      ? (injections, { client }, credentials) => guardMessages(injections, client, credentials, placeholders)
      : undefined,
    vetter,
    leafFor: (host) => {
      if (!decider.mayIntercept(host)) throw new Refusal('no_policy');
      return issuing.leaves.contextFor(host);
    },
    report: input.report,
    alarm: input.alarm,
    hold: () => holdFor(holds, lasting.requests, limits),
    stands: (standing) => lasting.standing.add(standing, services),
  };
  return { config, services, sources, issuing, trustPem: issuing.authority.trustPem, instance, holds };
}

/** A place for a request, in its generation and among all; undefined where there is none left. */
function holdFor(holds: Holds, all: Holds, { requests }: Limits): (() => void) | undefined {
  if (all.count >= requests) return undefined;
  const [here, among] = [holds.hold(), all.hold()];
  return () => {
    here();
    among();
  };
}

/** What decides, and what of a path may be shown: also without a running app, for `explain`. */
export function openRules(config: Config, placeholders: Placeholders): Pick<Services, 'decider' | 'showPath'> {
  const policies = config.policies.map((policy) => ({
    ...policy,
    plan: policy.inject.map(({ kind, options, mode }) => kind.make(options as never, { mode, placeholders })),
  }));
  return { decider: new Decider<Plan>(decisionRules({ ...config, policies })), showPath: openShowPath(policies) };
}

/**
 * The CA and the certificates it has made. The same one goes on, with its certificates, where neither the configuration nor
 * what was read by it has changed: a CA in memory is trusted by callers that are running now.
 */
function openIssuing(config: Config, before: Generation | undefined): Issuing {
  const { ca, limits } = config;
  const kept = ca.mode === 'memory' && isDeepStrictEqual(before?.config.ca, ca) ? before?.issuing.authority : undefined;
  const authority = kept ?? openAuthority(config);
  const isSame =
    authority.certificatePem === before?.issuing.authority.certificatePem &&
    authority.chainPem === before.issuing.authority.chainPem &&
    limits.leafCertificates === before.config.limits.leafCertificates;
  return isSame ? before.issuing : { authority, leaves: new LeafCache(authority, limits, clock) };
}

/** The CA of a configuration: also without a running app, for `check`. One of mode `generate` is made where there is none. */
export function openAuthority({ ca }: Config): IssuingAuthority {
  const permit = 'permit' in ca && ca.permit !== undefined ? { permit: ca.permit } : {};
  switch (ca.mode) {
    case 'memory':
      return createMemoryAuthority({ ...permit, clock });
    case 'generate':
      return openGeneratedAuthority({ dir: ca.dir, ...permit, clock });
    case 'files':
      return loadFileAuthority({ ...ca, clock });
  }
}

/** The log goes on as it is unless it is to go elsewhere or otherwise; then it is another one, as two with the same name would be in each other's way. */
function openAudit(
  config: Config,
  { version, run }: AppInput,
  before: Generation | undefined,
): Pick<Generation, 'instance'> & Pick<Services, 'audit'> {
  const written = ({ audit, limits }: Config): unknown => [audit, limits.auditDelay];
  if (before !== undefined && isDeepStrictEqual(written(before.config), written(config))) {
    return { instance: before.instance, audit: before.services.audit };
  }
  const instance = randomUUID();
  const sinks = config.audit.map(({ kind, options }) => kind.make(options as never, { instance, clock }));
  const about = { version, policy_rev: revisionOf(config), pid: process.pid, host: hostname() };
  const options = {
    sinks,
    instance,
    clock,
    about,
    endDelay: config.limits.auditDelay,
    ...(run === undefined ? {} : { run }),
  };
  return { instance, audit: createAudit(options) };
}

/** The client that stands for whoever shows nothing, where the configuration allows that. */
const anonymous = 'anonymous';

/** A digest of what is said of each client: who was identified by one entry is not confirmed by another. */
function clientEntries({ clients, unsafeAnonymous }: Config): ReadonlyMap<string, string> {
  const entries = clients.map((client) => {
    return [client.name, createHash('sha256').update(JSON.stringify(client)).digest('hex')] as const;
  });
  return new Map([...entries, ...(unsafeAnonymous ? [[anonymous, anonymous] as const] : [])]);
}

/** Which rules decided: the same configuration has the same revision, on every replica. */
function revisionOf(config: Config): string {
  return createHash('sha256').update(config.text).digest('hex').slice(0, 12);
}
