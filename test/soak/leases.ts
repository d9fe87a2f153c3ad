import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/core/clock.js';
import { Refusal } from '../../src/core/refusal.js';
import type { SecretEvent, Secrets } from '../../src/secrets/index.js';
import { createSecrets } from '../../src/secrets/lease.js';
import { reveal } from '../../src/secrets/seal.js';
import { startBackend, type BackendServer, type Fault } from '../secrets/backend-server.js';
import { LeaseServer, randomFrom } from './lease-server.js';
import { leaseSources, type Seen } from './lease-source.js';
import { watchTimers } from './timers.js';

export interface SoakOptions {
  readonly seed: number;
  readonly requests: number;
  readonly secrets: number;
  /** How long it takes, milliseconds. */
  readonly duration: number;
  readonly life: readonly [number, number];
  /** Whether it is waited for until every secret can be had again: the pauses after failures take a while. */
  readonly recovers: boolean;
}

export interface SoakReport {
  readonly served: number;
  readonly failed: number;
  /** Secrets that could not be had when the server was well again for a while. */
  readonly lost: readonly string[];
  /** What was handed out though its server did not regard it as live, or was of another lease than it said. */
  readonly stale: readonly string[];
  readonly atOnce: number;
  readonly fetches: number;
  /** Those that the server has made, and those of them that have come. */
  readonly leases: number;
  readonly delivered: number;
  readonly events: Readonly<Partial<Record<SecretEvent['event'], number>>>;
  /** Leases that came and were neither given back nor told to be unrevoked, or both, or twice. */
  readonly forgotten: readonly string[];
  /** Leases told to be revoked that the server still regards as good. */
  readonly unkept: readonly string[];
  /** Events that hold a value. */
  readonly leaks: number;
  /** Timers of the code under test that are still set. */
  readonly timers: number;
}

const callers = ['desk', 'agents', 'builds'].map((client) => ({ client }));
const secretTimeout = 400;

/** Requests at secrets whose server fails at random; the faults are those of the seed, times are real. */
export async function soak(given: SoakOptions): Promise<SoakReport> {
  const { seed, requests, secrets: count, duration, life, recovers } = given;
  const random = randomFrom(seed);
  const record = new LeaseServer({ random, life, slowness: secretTimeout });
  const server = await startBackend(record.handler);
  const seen: Seen = { delivered: new Set(), fetches: 0, atOnce: 0 };
  const sources = leaseSources(server, record, seen);
  const events: SecretEvent[] = [];
  const names = Array.from({ length: count }, (_, index) => `secret-${String(index)}`);
  const named = names.map((name, index) => {
    const source = sources.make({ name, perCaller: index % 5 === 0, isDeaf: index % 3 === 0 });
    return [name, { kind: 'leases', source, mayGoTo: () => true }] as const;
  });
  const timers = watchTimers();
  const onEvent = (event: SecretEvent): void => void events.push(event);
  const options = { sources: new Map(named), limits: { secretTimeout }, clock: systemClock, onEvent, random };
  const secrets = createSecrets(options);
  const tally = { served: 0, failed: 0, stale: [] as string[] };
  const ask = (name: string): Promise<boolean> => request(secrets, name, { random, record, tally });

  const pending: Promise<unknown>[] = [];
  const outage = outages(server, duration, random);
  const begin = performance.now();
  while (pending.length < requests) {
    const due = Math.min(requests, Math.ceil(((performance.now() - begin) / duration) * requests));
    while (pending.length < due) pending.push(ask(names[Math.floor(random() * count)] ?? ''));
    await sleep(5);
  }
  await Promise.all([...pending, outage]);
  record.isWell = true;
  const { served, failed, stale } = tally;
  const lost = recovers ? await recovered(names, ask) : [];
  await secrets.close();
  // What a deaf source brings comes when it comes, and is given back then.
  await sleep(2 * secretTimeout);
  const left = timers.close();
  await sources.close();
  await server.close();
  return {
    served,
    failed,
    stale,
    atOnce: seen.atOnce,
    fetches: seen.fetches,
    delivered: seen.delivered.size,
    lost,
    leases: record.leases.size,
    timers: left,
    ...audit(record, events, seen),
  };
}

/** Whether it was served. */
async function request(
  secrets: Secrets,
  name: string,
  about: { random: () => number; record: LeaseServer; tally: { served: number; failed: number; stale: string[] } },
): Promise<boolean> {
  const { random, record, tally } = about;
  const caller = callers[Math.floor(random() * callers.length)] ?? { client: '' };
  try {
    const credential = secrets.ready(name, caller) ?? (await secrets.acquire(name, caller));
    tally.served += 1;
    const { lease = '', version } = credential;
    const isOfLease = reveal(credential.field('value')) === record.leases.get(lease)?.value;
    if (!isOfLease || !record.isLive(lease, Date.now()))
      tally.stale.push(`${name} ${version} at ${String(Date.now())}`);
    if (random() < 0.01) await secrets.rejected(credential, caller);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'secret_unavailable') throw error;
    tally.failed += 1;
    return false;
  }
}

/** Now and then it cannot be used at all, a sixth of the time. The last third is without. */
async function outages(server: BackendServer, duration: number, random: () => number): Promise<void> {
  const faults: readonly Fault[] = ['hang up', 'never', 'half an answer', 'html'];
  for (let time = 0; time < duration * 0.6; time += duration / 10) {
    await sleep(duration / 12);
    server.fault = faults[Math.floor(random() * faults.length)];
    await sleep(duration / 60);
    server.fault = undefined;
  }
}

/** Those that are still not there when the pauses after failures must be over. */
async function recovered(
  names: readonly string[],
  ask: (name: string) => Promise<boolean>,
): Promise<readonly string[]> {
  let missing = names;
  const late = performance.now() + 60_000;
  while (missing.length > 0 && performance.now() < late) {
    await sleep(100);
    const answers = await Promise.all(missing.map(ask));
    missing = missing.filter((_, index) => answers[index] !== true);
  }
  return missing;
}

function audit(record: LeaseServer, events: readonly SecretEvent[], { delivered }: Seen) {
  const endings = events.filter(({ event }) => event === 'revoked' || event === 'unrevoked');
  const told = (lease: string): number => endings.filter((event) => event.lease === lease).length;
  const revoked = endings.flatMap(({ event, lease }) => (event === 'revoked' ? [lease ?? ''] : []));
  const shown = JSON.stringify(events.map(({ reason, ...rest }) => ({ ...rest, reason: reason?.message })));
  const counts: Partial<Record<SecretEvent['event'], number>> = {};
  for (const { event } of events) counts[event] = (counts[event] ?? 0) + 1;
  return {
    events: counts,
    forgotten: [...delivered].filter((lease) => told(lease) !== 1),
    unkept: revoked.filter((lease) => record.leases.get(lease)?.isRevoked !== true),
    leaks: [...record.leases.values()].filter(({ value }) => shown.includes(value)).length,
  };
}
