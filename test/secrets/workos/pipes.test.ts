import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../../src/core/message.js';
import { Refusal } from '../../../src/core/refusal.js';
import { mistakesOfSecret } from '../mistakes.js';
import type { Fetched, Secrets } from '../../../src/secrets/index.js';
import { createSecrets } from '../../../src/secrets/lease.js';
import { reveal, seal } from '../../../src/secrets/seal.js';
import { startBackend, type BackendServer } from '../backend-server.js';
import { whyUnavailable } from '../context.js';
import { FakeWorkos } from '../fakes/workos.js';
import { makeWorkos, newValue, withKey, type MadeWorkos } from './make.js';

let fake: FakeWorkos;
let server: BackendServer;
const made: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  fake = new FakeWorkos();
  server = await startBackend(fake.handler);
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
  await server.close();
});

const make = (options: Record<string, unknown> = {}): MadeWorkos => {
  const one = makeWorkos(server, server.caFile, { from: 'workos-pipes', integration: 'github', ...options });
  made.push(one);
  return one;
};
const ada: Caller = { client: 'desk', subject: 'user_ada' };
const eve: Caller = { client: 'desk', subject: 'user_eve' };
const fetchFrom = (options: Record<string, unknown> = {}, caller = ada): Promise<Fetched> =>
  make(options).source.fetch(withKey(fake.key, { caller }));
const valueOf = ({ fields }: Pick<Fetched, 'fields'>): string => reveal(fields['value']!);

describe('an account that cannot be used', () => {
  it.each([{}, { users: {} }])('is of no user, where nobody is named for any client: %j', (options) => {
    const backends = { workos: { type: 'workos', api_key: 'key' } };
    expect(mistakesOfSecret({ from: 'workos-pipes', integration: 'github', ...options }, backends)).toEqual([
      expect.stringMatching(/^found no "users": .*allowed is "users", with a user for each client$/),
    ]);
  });

  it.each(['', '..', 'a/b', 'a b', 'a?b', '-a'])('is of an integration that has no such slug: %j', (integration) => {
    expect(() => make({ integration })).toThrow();
  });

  it('is of nobody: WorkOS is not asked', async () => {
    const { source } = make();
    expect(await whyUnavailable(source.fetch(withKey(fake.key)))).toMatch(/a client without a user/);
    expect(() => source.keyFor?.({ client: 'desk' })).toThrow(Refusal);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['not_installed', 'has not connected an account'],
    ['needs_reauthorization', 'has to authorize the connected account again'],
    ['constructor', 'has no account that can be used'],
    ['sk_secret', 'has no account that can be used'],
  ])('is inactive: %s', async (error, why) => {
    fake.connect('github', 'user_ada', { value: newValue(), error });
    expect(await whyUnavailable(fetchFrom())).toBe(
      `the secret github is not available: the user ${why} for the integration github`,
    );
  });

  it.each([
    ['it is missing', { scopes: ['repo'], missing: ['read:org'] }],
    ['it is in neither list', { scopes: ['repo'] }],
    ['it is in both lists', { scopes: ['repo', 'read:org'], missing: ['read:org'] }],
  ])('lacks a scope that is needed: %s', async (_, granted) => {
    fake.connect('github', 'user_ada', { value: newValue(), ...granted });
    expect(await whyUnavailable(fetchFrom({ scopes: ['repo', 'read:org'] }))).toMatch(
      /the user has not granted read:org to the integration github$/,
    );
  });

  it.each([
    ['no word on whether it is active', { active: undefined }],
    ['active as a text', { active: 'true' }],
    ['no token', { access_token: undefined }],
    ['an empty token', { access_token: { access_token: '' } }],
    ['a token that is no text', { access_token: { access_token: ['s3cr3t'] } }],
    ['the token of the other endpoint', { access_token: undefined, credential: { value: 's3cr3t' } }],
    ['an end that is no time', { access_token: { access_token: 's3cr3t', expires_at: 's3cr3t' } }],
    ['an end as a number', { access_token: { access_token: 's3cr3t', expires_at: 9e12 } }],
  ])('comes with %s', async (_, change) => {
    fake.connect('github', 'user_ada', { value: newValue() });
    fake.tamper = (answer) => ({ ...answer, ...change });
    const why = await whyUnavailable(fetchFrom());
    expect(why).toMatch(/WorkOS (answered with no|gave a) credential/);
    expect(why).not.toContain('s3cr3t');
  });
});

describe('an account of WorkOS Pipes', () => {
  it("is the caller's, in its organization", async () => {
    const [value, inOrganization] = [newValue(), newValue()];
    fake.connect('github', 'user_ada', { value });
    fake.connect('github', 'user_ada', { value: inOrganization }, 'org_1');
    expect(valueOf(await fetchFrom())).toBe(value);
    expect(valueOf(await fetchFrom({}, { ...ada, claims: { org_id: 'org_1' } }))).toBe(inOrganization);
    expect(valueOf(await fetchFrom({ organization_id: 'org_1' }))).toBe(inOrganization);
    expect(server.requests.map(({ body }) => body)).toEqual([
      '{"user_id":"user_ada"}',
      '{"user_id":"user_ada","organization_id":"org_1"}',
      '{"user_id":"user_ada","organization_id":"org_1"}',
    ]);
  });

  it('is that of the user who is named for the client, kept apart, and of nobody for others', async () => {
    const [bobs, adas] = [newValue(), newValue()];
    fake.connect('github', 'user_bob', { value: bobs });
    fake.connect('github', 'user_ada', { value: adas });
    const options = { users: { desk: 'user_bob', agents: 'user_ada' } };
    expect(valueOf(await fetchFrom(options))).toBe(bobs);
    expect(valueOf(await fetchFrom(options, { client: 'agents' }))).toBe(adas);
    const { source } = make(options);
    expect(source.keyFor?.({ client: 'agents' })).not.toBe(source.keyFor?.({ client: 'desk' }));
    for (const client of ['other', '__proto__', 'constructor']) {
      expect(await whyUnavailable(fetchFrom(options, { client, subject: 'user_bob' }))).toMatch(/no user is named/);
    }
  });

  it('may be connected by API key where the newer endpoint is asked', async () => {
    const value = newValue();
    fake.connect('github', 'user_ada', { value, isKey: true });
    expect(valueOf(await fetchFrom({ endpoint: 'credentials' }))).toBe(value);
    expect(await whyUnavailable(fetchFrom({ endpoint: 'token' }))).toMatch(
      /does not accept the request .* \(status 422\)/,
    );
    fake.connect('github', 'user_ada', { value, scopes: ['repo'] });
    expect(valueOf(await fetchFrom({ endpoint: 'credentials', scopes: ['repo'] }))).toBe(value);
  });

  it.each([
    ['ends by itself in two minutes', 120_000, [undefined, 120]],
    ['ends by itself in ten minutes', 600_000, [300, 600]],
    ['ends by itself in a day: a disconnected account must not work for so long', 86_400_000, [300, 3600]],
    ['does not end by itself', undefined, [300, 3600]],
  ])('holds for a while where it %s', async (_, life, expected) => {
    const begin = Date.now();
    const expiresAt = life === undefined ? null : new Date(begin + life).toISOString();
    fake.connect('github', 'user_ada', { value: newValue(), expiresAt });
    const { refreshAt, expiresAt: until } = await fetchFrom();
    const seconds = (time: number | undefined): number | undefined =>
      time === undefined ? time : Math.floor((time - begin + 50) / 1000);
    const [refreshed, ended] = expected;
    expect(seconds(until)).toBeGreaterThanOrEqual(ended!);
    expect(seconds(until)).toBeLessThan(ended! + 5);
    if (refreshed === undefined) expect(refreshAt).toBeUndefined();
    else expect(seconds(refreshAt)! - refreshed).toBeLessThan(5);
  });
});

describe('accounts as they are held', () => {
  function hold(options: Record<string, unknown> = {}): Secrets {
    const { source } = make(options);
    const key = { fetch: () => Promise.resolve({ fields: { value: seal('key', fake.key) }, version: '1' }) };
    const mayGoTo = (): boolean => true;
    const secrets = createSecrets({
      sources: new Map([
        ['github', { kind: 'workos-pipes', source, mayGoTo, parts: ['key'] }],
        ['key', { kind: 'test', source: key, mayGoTo, parts: [] }],
      ]),
      limits: { secretTimeout: 5000 },
      clock: { now: () => Date.now(), elapsed: () => performance.now() },
    });
    made.push(secrets);
    return secrets;
  }

  it('are never those of another caller, however often and whoever asks first', async () => {
    const values = { ada: newValue(), eve: newValue() };
    fake.connect('github', 'user_ada', { value: values.ada });
    fake.connect('github', 'user_eve', { value: values.eve });
    const secrets = hold();
    const ask = async (caller: Caller): Promise<string> =>
      reveal((await secrets.acquire('github', caller)).field('value'));
    const asked = await Promise.all([ada, eve, ada, eve].map(ask));
    expect(asked).toEqual([values.ada, values.eve, values.ada, values.eve]);
    expect(server.requests).toHaveLength(2);
    expect(secrets.ready('github', ada)?.field('value')).not.toBe(secrets.ready('github', eve)?.field('value'));
    expect(await whyUnavailable(secrets.acquire('github', { client: 'desk' }))).toMatch(/a client without a user/);
    expect(await whyUnavailable(secrets.acquire('github', { ...ada, subject: 'user_ada\n' }))).toMatch(/no identifier/);
  });

  it('are apart by organization, though the texts run together', async () => {
    const [one, other] = [newValue(), newValue()];
    fake.connect('github', 'user_a', { value: one }, 'b_c');
    fake.connect('github', 'user_a_b', { value: other }, 'c');
    const secrets = hold();
    const ask = async (subject: string, organization: string): Promise<string> => {
      const caller = { client: 'desk', subject, claims: { org_id: organization } };
      return reveal((await secrets.acquire('github', caller)).field('value'));
    };
    expect([await ask('user_a', 'b_c'), await ask('user_a_b', 'c')]).toEqual([one, other]);
  });
});
