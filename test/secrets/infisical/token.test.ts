import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import type { Source } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import type { Unavailability } from '../../../src/secrets/unavailable.js';
import { fetchContext } from '../context.js';
import { Failure } from '../fakes/infisical-failure.js';
import { startStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const fetchValue = async (source: Source): Promise<string> =>
  reveal((await source.fetch(fetchContext())).fields['value']!);
const stripe = (): string => stage.fake.secrets.get('/ STRIPE_KEY')!.value;
const paths = (): string[] => stage.server.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
const logins = (): number => paths().filter((path) => path.endsWith('/login')).length;
const renewals = (): number => paths().filter((path) => path.endsWith('/renew')).length;

async function causeOf(fetching: Promise<unknown>): Promise<Unavailability> {
  const error: unknown = await fetching.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new TypeError('was not refused', { cause: error });
  return error.cause as Unavailability;
}

describe('a token', () => {
  it('is renewed at two thirds of its time, on use, and not before', async () => {
    const source = stage.source('infisical');
    await fetchValue(source);
    stage.fake.time += 2399_000;
    await fetchValue(source);
    expect(renewals()).toBe(0);
    stage.fake.time += 1000;
    expect(await fetchValue(source)).toBe(stripe());
    expect([renewals(), logins()]).toEqual([1, 1]);
    // Past its first end.
    stage.fake.time += 2000_000;
    expect(await fetchValue(source)).toBe(stripe());
    expect([renewals(), logins()]).toEqual([1, 1]);
  });

  it('is replaced by a new login where renewing it would lead past its end, which kills it; the old one is given back', async () => {
    const { fake } = stage;
    fake.tokens.maxTtl = 3600;
    const source = stage.source('infisical');
    await fetchValue(source);
    fake.time += 2400_000;
    expect(await fetchValue(source)).toBe(stripe());
    expect([renewals(), logins()]).toEqual([0, 2]);
    await stage.backend.close();
    expect(fake.tokens.alive).toBe(0);
    expect(paths().filter((path) => path.endsWith('/revoke'))).toHaveLength(2);
  });

  it('without an end is never renewed', async () => {
    Object.assign(stage.fake.tokens, { ttl: 0, maxTtl: 0 });
    const source = stage.source('infisical');
    await fetchValue(source);
    stage.fake.time += 100 * 365 * 86_400_000;
    expect(await fetchValue(source)).toBe(stripe());
    expect([renewals(), logins()]).toEqual([0, 1]);
  });

  it('is used for as long as it holds where it cannot be renewed', async () => {
    const { fake } = stage;
    const failure = new Failure(503, 'InternalServerError', 'no');
    const source = stage.source('infisical');
    await fetchValue(source);
    fake.time += 2400_000;
    fake.instead.push({ path: '/api/v1/auth', failure }, { path: '/api/v1/auth', failure });
    expect(await fetchValue(source)).toBe(stripe());
    expect(await fetchValue(source)).toBe(stripe());
    expect(renewals()).toBe(1);
    fake.time += 30_000;
    expect(await fetchValue(source)).toBe(stripe());
    expect(renewals()).toBe(2);
    fake.time += 30_000;
    expect(await fetchValue(source)).toBe(stripe());
    expect([renewals(), logins()]).toEqual([3, 1]);
  });

  it.each([401, 403] as const)(
    'that is dead (%d) is replaced, and what was asked is asked once more',
    async (deadIs) => {
      const source = stage.source('infisical');
      await fetchValue(source);
      Object.assign(stage.fake.tokens, { deadIs });
      stage.fake.tokens.revokeAll();
      expect(await fetchValue(source)).toBe(stripe());
      expect(logins()).toBe(2);
    },
  );

  it('that may be used so many times is replaced when it was', async () => {
    stage.fake.tokens.usesLimit = 1;
    const source = stage.source('infisical');
    for (let uses = 0; uses < 3; uses += 1) expect(await fetchValue(source)).toBe(stripe());
    expect(logins()).toBe(3);
  });

  it('that is not accepted just after it was given is not replaced again and again', async () => {
    const failure = new Failure(401, 'Unauthorized', 'no');
    for (let count = 0; count < 9; count += 1) stage.fake.instead.push({ path: '/api/v4', failure });
    const source = stage.source('infisical');
    const cause = await causeOf(source.fetch(fetchContext()));
    expect(cause).toMatchObject({ kind: 'login', retryAfter: 60_000 });
    expect(cause.message).toMatch(/does not accept the token that it gave \(401 Unauthorized/);
    await causeOf(source.fetch(fetchContext()));
    expect([logins(), stage.server.requests.length]).toEqual([2, 4]);
  });

  it('is not to blame where a permission is missing', async () => {
    const source = stage.source('infisical', { environment: 'staging' });
    const cause = await causeOf(source.fetch(fetchContext()));
    expect(cause).toMatchObject({ kind: 'denied' });
    expect(cause.message).toMatch(
      /does not permit it \(403 PermissionDenied, request req-Ab12Cd34Ef56Gh\): `keywright grants --for infisical`/,
    );
    expect(logins()).toBe(1);
  });
});
