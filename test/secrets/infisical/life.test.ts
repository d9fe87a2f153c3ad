import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../src/core/clock.js';
import { createSecrets } from '../../../src/secrets/lease.js';
import type { SecretEvent, Secrets } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import { startStage, type Stage } from './stage.js';

const caller = { client: 'desk' };
let stage: Stage;
let secrets: Secrets;
let events: SecretEvent[];
const waiting = new Map<SecretEvent['event'], (event: SecretEvent) => void>();

beforeEach(async () => {
  stage = await startStage();
  events = [];
  const kinds = { stripe: 'infisical', db: 'infisical-dynamic' } as const;
  secrets = createSecrets({
    sources: new Map(
      Object.entries(kinds).map(([name, kind]) => [name, { kind, source: stage.source(kind), mayGoTo: () => true }]),
    ),
    backends: [stage.backend],
    limits: { secretTimeout: 5000 },
    clock: stage.fake.clock satisfies Clock,
    onEvent(event) {
      events.push(event);
      waiting.get(event.event)?.(event);
    },
  });
});
afterEach(async () => {
  await secrets.close();
  await stage.close();
});

const paths = (): string[] =>
  stage.server.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*|\/[0-9a-f-]{36}.*/, '')}`);

describe('secrets of Infisical while they are held', () => {
  it('are asked for once, and at the end the leases go back before the login does', async () => {
    const password = (await secrets.acquire('db', caller)).field('DB_PASSWORD');
    expect(stage.fake.leases.passwords).toContain(reveal(password));
    await secrets.acquire('stripe', caller);
    await secrets.acquire('stripe', caller);
    await secrets.close();
    expect(paths()).toEqual([
      'POST /api/v1/auth/universal-auth/login',
      'POST /api/v1/dynamic-secrets/leases',
      'GET /api/v4/secrets/STRIPE_KEY',
      'DELETE /api/v1/dynamic-secrets/leases',
      'POST /api/v1/auth/token/revoke',
    ]);
    expect([stage.fake.leases.held.size, stage.fake.tokens.alive]).toEqual([0, 0]);
    expect(events.map(({ event, secret }) => `${event} ${secret}`)).toEqual([
      'fetched db',
      'fetched stripe',
      'revoked db',
    ]);
  });

  it('are told of where their lease could not be ended, though the server called that a success', async () => {
    await secrets.acquire('db', caller);
    stage.fake.leases.cannotRevoke = true;
    await secrets.close();
    expect(events.at(-1)).toMatchObject({ event: 'unrevoked', secret: 'db' });
    expect(events.at(-1)!.reason!.message).toMatch(/could not end its lease$/);
  });

  it('are used for a while where Infisical is down, and not where it says no', async () => {
    const before = await secrets.acquire('stripe', caller);
    stage.fake.time += 600_000;
    stage.server.fault = 'status 503';
    const stale = told('stale');
    expect(secrets.ready('stripe', caller)).toBe(before);
    await stale;
    // It is told a moment before the fetch has ended.
    await nextTurn();
    expect(secrets.ready('stripe', caller)).toBe(before);
    stage.server.fault = undefined;
    stage.fake.secrets.set('/ STRIPE_KEY', { value: 'hidden-from-us', version: 4, hidden: true });
    stage.fake.time += 20_000;
    const failed = told('failed');
    expect(secrets.ready('stripe', caller)).toBe(before);
    expect(await failed).toMatchObject({ reason: { kind: 'denied' } });
    expect(() => secrets.ready('stripe', caller)).toThrow();
  });
});

function told(event: SecretEvent['event']): Promise<SecretEvent> {
  return new Promise((resolve) => waiting.set(event, resolve));
}
