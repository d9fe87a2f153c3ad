import { jest } from '@jest/globals';
import type { Caller } from '../../src/core/message.js';
import type { Fetched, FetchContext, HeldLease, SecretEvent, Secrets, Source } from '../../src/secrets/index.js';
import { createSecrets, type NamedSource } from '../../src/secrets/lease.js';
import { seal } from '../../src/secrets/seal.js';

export const desk: Caller = { client: 'desk' };
export const minute = 60_000;

type Fetch = (context: FetchContext) => Promise<Fetched>;

export interface Held {
  readonly secrets: Secrets;
  readonly fetch: ReturnType<typeof jest.fn<Fetch>>;
  readonly events: SecretEvent[];
  /** `ready`, or `acquire`. */
  readonly use: () => Promise<string>;
  /** Names of what was told since the last time. */
  readonly told: () => string[];
}

/** A secret `api` whose source answers like this; under jest's fake timers, whose clock it goes by. */
export function hold(answer: Fetch, more: { source?: Partial<Source>; sources?: [string, NamedSource][] } = {}): Held {
  const fetch = jest.fn(answer);
  const events: SecretEvent[] = [];
  const clock = { now: () => Date.now(), elapsed: () => Date.now() };
  const source = {
    kind: 'test',
    source: { fetch, ...more.source },
    mayGoTo: () => true,
    parts: more.sources?.map(([name]) => name) ?? [],
  };
  const secrets = createSecrets({
    sources: new Map([['api', source], ...(more.sources ?? [])]),
    limits: { secretTimeout: 5000 },
    clock,
    onEvent: (event) => void events.push(event),
    // In the middle: refreshed at exactly two thirds.
    random: () => 0.5,
  });
  let known = 0;
  return {
    secrets,
    fetch,
    events,
    use: async () => (secrets.ready('api', desk) ?? (await secrets.acquire('api', desk))).version,
    told() {
      const names = events.slice(known).map(({ event }) => event);
      known = events.length;
      return names;
    },
  };
}

let count = 0;
/** A value that holds for so many milliseconds, each another version. */
export function lasting(milliseconds: number, more: Partial<Fetched> = {}): Fetched {
  count += 1;
  const value = `value-number-${String(count)}`;
  return { fields: { value: seal('api', value) }, version: value, expiresAt: Date.now() + milliseconds, ...more };
}

export interface TestLease extends HeldLease {
  readonly renew: ReturnType<typeof jest.fn<NonNullable<HeldLease['renew']>>>;
  readonly revoke: ReturnType<typeof jest.fn<NonNullable<HeldLease['revoke']>>>;
}

/** One that is renewed for as long as this. */
export function leaseOf(milliseconds: number): TestLease {
  count += 1;
  return {
    id: `lease-${String(count)}`,
    renew: jest.fn(() => Promise.resolve({ expiresAt: Date.now() + milliseconds })),
    revoke: jest.fn(() => Promise.resolve()),
  };
}

export const pass = (milliseconds: number): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);
