import { ZodError } from 'zod';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import { reveal } from '../../../src/secrets/seal.js';
import type { Unavailability } from '../../../src/secrets/unavailable.js';
import { fetchContext } from '../context.js';
import { Failure, malformed } from '../fakes/infisical-failure.js';
import { generated, startStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

type Options = Readonly<Record<string, unknown>>;
const fetched = (options?: Options) => stage.source('infisical', options).fetch(fetchContext());
const valueOf = async (options?: Options): Promise<string> => reveal((await fetched(options)).fields['value']!);

async function causeOf(options?: Options): Promise<Unavailability> {
  const error: unknown = await fetched(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new TypeError('was not refused', { cause: error });
  return error.cause as Unavailability;
}

function answerWith(status: number, error: string, message: string | object[], headers = {}): void {
  stage.fake.instead.push({ path: '/api/v4', failure: new Failure(status, error, message, headers) });
}

describe('a secret of Infisical that cannot be had', () => {
  it('is hidden from the identity: the placeholder is never taken for its value', async () => {
    stage.fake.secrets.set('/ STRIPE_KEY', { value: generated(), version: 1, hidden: true });
    const cause = await causeOf();
    expect(cause).toMatchObject({ kind: 'denied' });
    expect(cause.message).toMatch(/hides its value: the identity lacks the permission "readValue" there$/);
  });

  it('is not there', async () => {
    const cause = await causeOf({ secret: 'NO_SUCH' });
    expect(cause).toMatchObject({ kind: 'missing' });
    expect(cause.message).toMatch(/has no such secret, folder, environment or project \(404 NotFound, request req-/);
  });

  it.each([
    ['is another', { secretKey: 'OTHER', secretValue: 'a-value-of-another' }],
    ['has no value', { secretKey: 'STRIPE_KEY' }],
    ['has no text for a value', { secretKey: 'STRIPE_KEY', secretValue: { a: 1 } }],
    ['is none', undefined],
  ])('%s, by the answer', async (_, secret) => {
    const failure = new Failure(200, '', '');
    Object.defineProperty(failure, 'reply', { value: { status: 200, body: { secret } } });
    stage.fake.instead.push({ path: '/api/v4', failure });
    const cause = await causeOf();
    expect(cause).toMatchObject({ kind: 'down' });
    expect(cause.message).toMatch(/answered with what is not this secret$/);
  });

  it.each([
    ['Rate limit exceeded. Please try again in 12 seconds', {}, 12_000],
    ['Rate limit exceeded. Please try again in 12 seconds', { 'retry-after': '30' }, 30_000],
    ['Rate limit exceeded', { 'retry-after': '7' }, 7000],
    ['Rate limit exceeded. Please try again in 999999 seconds', {}, 3_600_000],
    ['Rate limit exceeded', {}, undefined],
  ])('is asked for too often: %s %j', async (message, headers, retryAfter) => {
    answerWith(429, 'RateLimitError', message, headers);
    expect(await causeOf()).toMatchObject({ kind: 'throttled', retryAfter });
  });

  it('is asked for in a way that this version does not take: our own names are told, nothing else', async () => {
    const failure = malformed('secretPath', generated());
    stage.fake.instead.push({ path: '/api/v4', failure });
    const { message } = await causeOf();
    expect(message).toMatch(/finds the request malformed in secretPath \(422 ValidationFailure, request req-\w+\)$/);
  });

  it.each([400, 403, 404, 410, 418, 422, 429, 500, 502, 504])(
    'has an error (%d) that repeats what it should not, and none of it goes on',
    async (status) => {
      const value = generated();
      const failure = new Failure(status, value, `${value} is the value`);
      const reply = { ...failure.reply, body: { ...(failure.reply.body as object), reqId: value } };
      Object.defineProperty(failure, 'reply', { value: reply });
      stage.fake.instead.push({ path: '/api/v4', failure });
      const cause = await causeOf();
      expect(inspect(cause, { depth: 9, showHidden: true })).not.toContain(value);
      expect(cause.message).toMatch(new RegExp(`\\(${status}\\)(?:: [a-z ,\`-]+)?$`));
    },
  );
});

describe('a secret of Infisical', () => {
  it.each(['A&B=C', 'A/B', 'A?x#y', '%2e%2e', 'A+B', '..;/', 'A"B\\C'])(
    'is asked for by this name and no other: %s',
    async (name) => {
      const value = generated();
      stage.fake.secrets.set(`/ ${name}`, { value, version: 1 });
      expect(await valueOf({ secret: name })).toBe(value);
    },
  );

  it.each([
    [{ secret: '..' }],
    [{ secret: '.' }],
    [{ secret: 'A\nB' }],
    [{ secret: '' }],
    [{ path: '/../other' }],
    [{ path: '/a/' }],
    [{ path: 'a' }],
    [{ path: '/a?secretPath=/b' }],
    [{ environment: 'prod&environment=dev' }],
    [{ project_id: '' }],
    [{ version: 0 }],
    [{ refresh: '5' }],
  ])('is refused where it cannot be one: %j', (options) => {
    expect(() => stage.source('infisical', options)).toThrow(ZodError);
  });

  it('is asked for with everything said outright, as defaults differ between versions', async () => {
    await fetched();
    expect(stage.server.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: `/api/v4/secrets/STRIPE_KEY?projectId=${stage.fake.projectId}&environment=prod&secretPath=%2F&type=shared&viewSecretValue=true&expandSecretReferences=true&include_imports=false`,
    });
    stage.fake.secrets.set('/a/b STRIPE_KEY', { value: generated(), version: 9 });
    await fetched({ path: '/a/b', version: 2, expand_references: false, include_imports: true });
    const { path } = stage.server.requests.at(-1)!;
    expect(path).toMatch(/secretPath=%2Fa%2Fb&.*expandSecretReferences=false&include_imports=true&version=2$/);
  });

  it('is asked for again after a while, and used for longer where that fails', async () => {
    const now = stage.fake.time;
    expect(await fetched()).toMatchObject({ refreshAt: now + 300_000, expiresAt: now + 3_600_000 });
    const options = { refresh: '10s', max_stale: '20s' };
    expect(await fetched(options)).toMatchObject({ refreshAt: now + 10_000, expiresAt: now + 20_000 });
  });

  it('has its number for a version, which changes with what it refers to as well', async () => {
    stage.fake.secrets.set('/ URL', { value: 'https://user:${OTHER}@host', version: 7 });
    stage.fake.secrets.set('/ OTHER', { value: generated(), version: 1 });
    const before = await fetched({ secret: 'URL' });
    expect(before.version).toMatch(/^7-[0-9a-f]{16}$/);
    expect((await fetched({ secret: 'URL' })).version).toBe(before.version);
    stage.fake.secrets.set('/ OTHER', { value: generated(), version: 2 });
    expect((await fetched({ secret: 'URL' })).version).not.toBe(before.version);
    expect(await valueOf({ secret: 'URL', expand_references: false })).toBe('https://user:${OTHER}@host');
  });
});
