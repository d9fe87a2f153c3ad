import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { Fetched, FetchContext } from '../../src/secrets/index.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { keepsTheContract } from './backend-contract.js';
import { startBackend, type BackendServer } from './backend-server.js';
import { fetchContext, whyUnavailable } from './context.js';
import { described, FakeGoogle, workloadAudience } from './fakes/google.js';
import { makeGoogle, readOnly } from './google/make.js';

let fake: FakeGoogle;
const start = (): Promise<BackendServer> => startBackend((fake = new FakeGoogle()).handler);
const workload = (more: object = {}): object => ({ audience: workloadAudience, token: 'platform', ...more });
const secrets = (): Record<string, ReturnType<typeof seal>> => ({
  key: seal('key', fake.keyFile()),
  platform: seal('platform', fake.subjectToken),
});
const all = (): string[] => [fake.token(`${readOnly} `), fake.subjectToken, fake.keyFile().slice(200, 300), described];

keepsTheContract('google by the key of a service account', {
  start,
  make: (server, trust) => makeGoogle(server, trust, { service_account: 'key', scopes: [readOnly] }),
  expected: () => ({ value: fake.token(`${readOnly} `) }),
  secret: all,
  context: () => ({ secrets: secrets() }),
});

keepsTheContract('google by the identity of a workload', {
  start,
  make: (server, trust) => {
    const workload_identity = workload({ service_account: fake.email });
    return makeGoogle(server, trust, { workload_identity, scopes: [readOnly] });
  },
  expected: () => ({ value: fake.token(`as ${fake.email} ${readOnly}`) }),
  secret: () => [...all(), fake.token('federated https://www.googleapis.com/auth/cloud-platform')],
  context: () => ({ secrets: secrets() }),
});

let server: BackendServer;
const made: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  server = await start();
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
  await server.close();
});

const fetchFrom = (options: Record<string, unknown>, context: Partial<FetchContext> = {}): Promise<Fetched> => {
  const one = makeGoogle(server, server.caFile, options);
  made.push(one);
  return one.source.fetch(fetchContext({ secrets: secrets(), ...context }));
};
const byKey = { service_account: 'key', scopes: [readOnly] };
const byWorkload = (more?: object): Record<string, unknown> => ({
  workload_identity: workload(more),
  scopes: [readOnly],
});
const valueOf = ({ fields }: Fetched): string => reveal(fields['value']!);
const why = (options: Record<string, unknown>, file?: string): Promise<string> =>
  whyUnavailable(fetchFrom(options, file === undefined ? {} : { secret: () => Promise.resolve(seal('key', file)) }));

describe('a token that Google refuses', () => {
  it('is asked for with a key that was deleted there', async () => {
    expect(await why(byKey, fake.keyFile({ private_key_id: 'deleted' }))).toMatch(
      /: localhost:\d+ refused the assertion of key: invalid_grant$/,
    );
  });

  it('is asked for with another key than the one of this name', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(await why(byKey, fake.keyFile({ private_key }))).toMatch(/invalid_grant$/);
  });

  it('is asked for as a user that the service account may not act as', async () => {
    expect(await why({ ...byKey, subject: 'ada@example.com' })).toMatch(/unauthorized_client$/);
  });

  it('is for scopes that are not granted', async () => {
    expect(await why({ ...byKey, scopes: ['https://www.googleapis.com/auth/drive'] })).toMatch(/invalid_scope$/);
  });

  it('is asked for by a workload of another pool, or with a token that is not taken', async () => {
    expect(await why(byWorkload({ audience: '//iam.googleapis.com/other' }))).toMatch(
      /refused the token of this workload: invalid_target$/,
    );
    expect(await why(byWorkload(), 'eyJother')).toMatch(/refused the token of this workload: invalid_grant$/);
  });

  it('is for a service account that the workload may not act as', async () => {
    expect(await why(byWorkload({ service_account: 'other@project.iam.gserviceaccount.com' }))).toMatch(
      /refused this workload as other@project.iam.gserviceaccount.com: PERMISSION_DENIED$/,
    );
  });
});

describe('what is shown to Google', () => {
  it('is no key: that only signs, and is asked for as one that goes nowhere', async () => {
    const asked: unknown[] = [];
    const secret: FetchContext['secret'] = (...call) => {
      asked.push(call.map(String));
      return Promise.resolve(seal('key', fake.keyFile()));
    };
    await fetchFrom(byKey, { secret });
    expect(asked).toEqual([['key']]);
    expect(server.requests[0]!.body).not.toContain('PRIVATE');
  });

  it('is the token of a workload, at the token service alone', async () => {
    const asked: unknown[] = [];
    const secret: FetchContext['secret'] = (...call) => {
      asked.push(call.map(String));
      return Promise.resolve(seal('platform', fake.subjectToken));
    };
    await fetchFrom(byWorkload({ service_account: fake.email }), { secret });
    expect(asked).toEqual([['platform', `localhost:${server.port}`]]);
    expect(server.requests.map(({ path, body }) => [path, body.includes(fake.subjectToken)])).toEqual([
      ['/v1/token', true],
      [`/v1/projects/-/serviceAccounts/${fake.email}:generateAccessToken`, false],
    ]);
  });

  it.each([
    ['behind by fifty minutes', 3_000_000],
    ['ahead by fifty seconds', -50_000],
  ])('holds where our clock is %s', async (_, ahead) => {
    fake.ahead = ahead;
    expect(valueOf(await fetchFrom(byKey))).toBe(fake.token(`${readOnly} `));
  });

  it('does not hold where our clock is ahead by minutes', async () => {
    fake.ahead = -180_000;
    expect(await why(byKey)).toMatch(/invalid_grant$/);
  });
});

describe('a token of Google', () => {
  it('is an access token of a service account, until it ends', async () => {
    const begin = Date.now();
    const fetched = await fetchFrom(byKey);
    expect(valueOf(fetched)).toBe(fake.token(`${readOnly} `));
    expect(fetched.expiresAt! - begin - 3_599_000).toBeLessThan(5000);
    expect(fetched.lease).toBeUndefined();
    expect(fake.seen).toMatchObject({ iss: fake.email, scope: readOnly });
    expect(fake.seen).not.toHaveProperty('sub');
  });

  it('is for a user, where the service account may act as one', async () => {
    fake.users.add('ada@example.com');
    expect(valueOf(await fetchFrom({ ...byKey, subject: 'ada@example.com' }))).toBe(
      fake.token(`${readOnly} ada@example.com`),
    );
  });

  it('is an ID token, until the time that it says itself', async () => {
    const audience = 'https://service.run.app';
    const idToken = fake.idToken(audience);
    const { exp } = JSON.parse(Buffer.from(idToken.split('.')[1]!, 'base64url').toString()) as { exp: number };
    const identity = { workload_identity: workload({ service_account: fake.email }), audience };
    for (const options of [{ service_account: 'key', audience }, identity]) {
      const fetched = await fetchFrom(options);
      expect([valueOf(fetched), fetched.expiresAt]).toEqual([idToken, exp * 1000]);
    }
  });

  it('is that of the workload itself, where no service account is named', async () => {
    expect(valueOf(await fetchFrom(byWorkload()))).toBe(fake.token(`federated ${readOnly}`));
    expect(server.requests).toHaveLength(1);
  });

  it('comes by the token in a file, which is read each time', async () => {
    const file = join(server.folder, 'token');
    const options = byWorkload({ token: undefined, token_file: 'token' });
    expect(await why(options)).toBe(`the secret github is not available: the file ${file} does not exist`);
    writeFileSync(file, `${fake.subjectToken}\n`, { mode: 0o600 });
    expect(valueOf(await fetchFrom(options))).toBe(fake.token(`federated ${readOnly}`));
  });
});
