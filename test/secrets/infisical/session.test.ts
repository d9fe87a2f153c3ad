import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import type { Source } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import type { Unavailability } from '../../../src/secrets/unavailable.js';
import { fetchContext } from '../context.js';
import { Failure } from '../fakes/infisical-failure.js';
import { startStage, universalAuth, type Stage } from './stage.js';

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

async function causeOf(fetching: Promise<unknown>): Promise<Unavailability> {
  const error: unknown = await fetching.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new TypeError('was not refused', { cause: error });
  return error.cause as Unavailability;
}

function useSecret(secret: string): void {
  writeFileSync(join(stage.folder, 'client-secret'), secret, { mode: 0o600 });
}

describe('a login that is refused', () => {
  beforeEach(() => useSecret('wrong-client-secret-of-this-test'));

  it('is not tried again for a minute, whichever secret is asked for', async () => {
    const [one, other] = [stage.source('infisical'), stage.source('infisical-dynamic')];
    const cause = await causeOf(one.fetch(fetchContext()));
    expect(cause).toMatchObject({ kind: 'login', retryAfter: 60_000 });
    expect(cause.message).toBe(
      `the secret stripe is not available: localhost:${stage.server.port} refused the login (401 Unauthorized, request req-Ab12Cd34Ef56Gh): compare client_id and client_secret in auth with the machine identity`,
    );
    stage.fake.time += 59_000;
    expect(await causeOf(other.fetch(fetchContext()))).toMatchObject({ kind: 'login', retryAfter: 1000 });
    expect(logins()).toBe(1);
    stage.fake.time += 1000;
    useSecret(stage.fake.clientSecret);
    expect(await fetchValue(one)).toBe(stripe());
    expect(logins()).toBe(2);
  });

  it('is told, without what the server said of it', async () => {
    await causeOf(stage.source('infisical').fetch(fetchContext()));
    expect(stage.events).toEqual([
      { event: 'login_failed', backend: 'team', reason: expect.objectContaining({ kind: 'login' }) },
    ]);
    expect(inspect(stage.events, { depth: 9 })).not.toContain('wrong-client-secret');
  });

  it('never locks the identity out, however often a secret is asked for', async () => {
    const source = stage.source('infisical');
    for (let seconds = 0; seconds < 600; seconds += 5) {
      const { message } = await causeOf(source.fetch(fetchContext()));
      expect(message).not.toContain('locked');
      stage.fake.time += 5000;
    }
    expect(stage.fake.logins).toBe(10);
    useSecret(stage.fake.clientSecret);
    stage.fake.time += 60_000;
    expect(await fetchValue(source)).toBe(stripe());
  });

  it('waits for five minutes where others have locked the identity out', async () => {
    const path = '/api/v1/auth/universal-auth/login';
    const { clientId, handler } = stage.fake;
    const body = JSON.stringify({ clientId, clientSecret: 'guessed' });
    const headers = { 'content-type': 'application/json' };
    for (let tries = 0; tries < 3; tries += 1) {
      await handler({ method: 'POST', path, headers, body, clientName: undefined });
    }
    useSecret(stage.fake.clientSecret);
    const cause = await causeOf(stage.source('infisical').fetch(fetchContext()));
    expect(cause).toMatchObject({ kind: 'login', retryAfter: 300_000 });
    expect(cause.message).toMatch(/has locked us out for a while \(401 Unauthorized/);
    stage.fake.time += 299_000;
    await causeOf(stage.source('infisical').fetch(fetchContext()));
    expect(logins()).toBe(1);
    stage.fake.time += 1000;
    expect(await fetchValue(stage.source('infisical'))).toBe(stripe());
  });
});

describe('a login', () => {
  it('that is asked for too often is left alone for as long as the server says', async () => {
    const failure = new Failure(429, 'RateLimitError', 'Rate limit exceeded. Please try again in 42 seconds');
    stage.fake.instead.push({ path: '/api/v1/auth', failure });
    const source = stage.source('infisical');
    expect(await causeOf(source.fetch(fetchContext()))).toMatchObject({ kind: 'throttled', retryAfter: 42_000 });
    stage.fake.time += 41_000;
    expect(await causeOf(source.fetch(fetchContext()))).toMatchObject({ kind: 'throttled', retryAfter: 1000 });
    expect(logins()).toBe(1);
    stage.fake.time += 1000;
    expect(await fetchValue(source)).toBe(stripe());
  });

  it.each([
    ['breaks its lines', { accessToken: 'a-token\r\nx-injected: 1' }],
    ['is of another type', { tokenType: 'Basic' }],
    ['has no time', { expiresIn: '3600' }],
    ['ended before it began', { expiresIn: -1 }],
  ])('whose token %s is of no use, and nothing is sent with it', async (_, wrong) => {
    const given = { accessToken: 'a-token-of-this-test', expiresIn: 60, accessTokenMaxTTL: 60, tokenType: 'Bearer' };
    stage.fake.tokens.give = () => ({ ...given, ...wrong });
    expect(await causeOf(stage.source('infisical').fetch(fetchContext()))).toMatchObject({ kind: 'down' });
    expect(paths()).toEqual(['POST /api/v1/auth/universal-auth/login']);
  });

  it('is one for all secrets that are asked for at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => fetchValue(stage.source('infisical'))));
    expect(logins()).toBe(1);
    expect(stage.events).toEqual([{ event: 'login', backend: 'team' }]);
  });

  it('goes on for others when the first who asked has gone', async () => {
    const controller = new AbortController();
    const gone = stage.source('infisical').fetch(fetchContext({ signal: controller.signal }));
    const value = fetchValue(stage.source('infisical'));
    controller.abort(new Refusal('draining'));
    await expect(gone).rejects.toMatchObject({ code: 'draining' });
    expect(await value).toBe(stripe());
    expect(logins()).toBe(1);
  });
});

describe('at the end', () => {
  it('the token is given back, after which nothing is asked', async () => {
    const source = stage.source('infisical');
    await fetchValue(source);
    await stage.backend.close();
    await stage.backend.close();
    expect(stage.fake.tokens.alive).toBe(0);
    expect(paths().at(-1)).toBe('POST /api/v1/auth/token/revoke');
    const count = stage.server.requests.length;
    await source.fetch(fetchContext()).catch(() => undefined);
    expect(stage.server.requests).toHaveLength(count);
  });

  it('nothing is sent where there was no login', async () => {
    await stage.backend.close();
    expect(stage.server.requests).toEqual([]);
  });

  it('is not held up by a server that does not answer', async () => {
    stage.server.fault = 'never';
    const asked = stage.source('infisical').fetch(fetchContext());
    asked.catch(() => undefined);
    const begin = performance.now();
    await stage.backend.close();
    expect(performance.now() - begin).toBeLessThan(3000);
    await expect(asked).rejects.toBeDefined();
  });
});

it('an organization is named where it is another than the identity belongs to', async () => {
  const other = await startStage((fake, folder) => {
    fake.organizationSlug = 'acme-eu';
    return { ...universalAuth(fake, folder), organization_slug: 'acme-eu' };
  });
  expect(await fetchValue(other.source('infisical'))).toBe(other.fake.secrets.get('/ STRIPE_KEY')!.value);
  await other.close();
});
