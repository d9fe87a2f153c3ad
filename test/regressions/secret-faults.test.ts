import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { fetch } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { startProxy, type AuditRecord, type TestProxy } from '../support/proxy.js';
import { startServe, type Serving } from '../support/serve.js';
import { startBackend, type BackendServer } from '../secrets/backend-server.js';
import { appKeys, fakeGitHub, type FakeGitHub } from '../secrets/fakes/github.js';
import { told } from './world.js';

jest.setTimeout(20_000);

const [first, second] = ['one.example.com', 'two.example.com'];
const authority = testAuthority();
const keys = appKeys();

interface Backend {
  readonly server: BackendServer;
  readonly fake: FakeGitHub;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function startGitHub(lifetime: number): Promise<Backend> {
  const repositories = [{ id: 1, name: 'acme/site' }];
  const installation = { id: 7, account: 'acme', type: 'Organization', permissions: { contents: 'read' } } as const;
  const installations = [{ ...installation, repositories }];
  const fake = fakeGitHub([{ appId: 12, clientId: 'Iv1.a', publicKey: keys.publicKey, installations }]);
  fake.lifetime = lifetime;
  const server = await startBackend(fake.handler);
  open.push(() => server.close());
  return { server, fake };
}

/** Takes tokens that are live when they come, and repeats them. */
async function startDestination(...backends: readonly Backend[]): Promise<Origin> {
  const origin = await startOrigin(authority, [first, second], ({ headers: { authorization = '' } }, response) => {
    const token = authorization.replace(/^Bearer /, '');
    response.statusCode = backends.some(({ fake }) => fake.isLive(token)) ? 200 : 403;
    response.end(`you are ${token}`);
  });
  open.push(() => origin.close());
  return origin;
}

const secretFrom = (name: string, host: string, { server }: Backend): string =>
  `  ${name}: { from: github-app, app_id: 12, private_key: app-key, repositories: [acme/site], permissions: { contents: read }, ` +
  `address: "${server.address}/api/v3", ca_file: ${JSON.stringify(server.caFile)}, hosts: [${host}] }`;
const policyFor = (name: string, host: string, paths = '/**'): string =>
  `  - { name: ${name}, hosts: [${host}], paths: [${paths}], inject: [{ place: header, name: authorization, template: "Bearer {${name}}" }] }`;

/** `app` for the first host, `other` for the second. */
function sections(app: Backend, other: Backend): string {
  return [
    'secrets:',
    '  app-key: { from: env, name: APP_KEY, hosts: [] }',
    secretFrom('app', first, app),
    secretFrom('other', second, other),
    'policies:',
    policyFor('app', first),
    policyFor('other', second),
    'limits: { secret_timeout: 1s, drain_timeout: 2s }',
  ].join('\n');
}

const originsOf = ({ port }: Origin): Record<string, number> => ({ [`${first}:443`]: port, [`${second}:443`]: port });
const environment = { APP_KEY: keys.pkcs1 };

async function startWith(app: Backend, other: Backend): Promise<TestProxy> {
  const origin = await startDestination(app, other);
  const proxy = await startProxy({ authority, origins: originsOf(origin), environment, yaml: sections(app, other) });
  open.push(() => proxy.close());
  return proxy;
}

async function serveWith(app: Backend, other: Backend): Promise<Serving> {
  const origin = await startDestination(app, other);
  const yaml = sections(app, other);
  const serving = await startServe({ authority, origins: originsOf(origin), environment, yaml });
  open.push(() => serving.close());
  return serving;
}

async function ask(proxy: TestProxy, host: string): Promise<{ status: number; text: string }> {
  const dispatcher = proxy.agent();
  const answer = await fetch(`https://${host}/`, { dispatcher });
  const text = await answer.text();
  await dispatcher.close();
  return { status: answer.status, text };
}

/** Which generated values can be read in these texts: tokens, the private key, JWTs. */
function leaks(texts: readonly string[], ...backends: readonly Backend[]): string[] {
  const shown = backends.flatMap(({ server, fake }) => [
    ...fake.tokens.map(({ token }) => token),
    ...server.requests.map(({ headers }) => String(headers['authorization']).replace('Bearer ', '')),
  ]);
  const values = [...shown, ...keys.pkcs1.split('\n').filter((line) => line.length > 60)];
  expect(shown).not.toHaveLength(0);
  return values.filter((value) => texts.some((text) => text.includes(value)));
}

const eventsOf = (records: readonly AuditRecord[], secret: string): unknown[] =>
  records.filter((one) => one.kind === 'secret' && one['secret'] === secret).map(({ event }) => event);

async function until(met: () => boolean): Promise<void> {
  const end = Date.now() + 8000;
  while (!met()) {
    if (Date.now() > end) throw new Error('it did not come');
    await delay(20);
  }
}

describe('a backend that is down', () => {
  it('is made up for by the token it gave, while that lasts; then the request is refused, and nothing tells a value', async () => {
    const [app, other] = [await startGitHub(2500), await startGitHub(60_000)];
    const proxy = await startWith(app, other);
    const answers = [await ask(proxy, first)];
    app.server.fault = 'hang up';
    while (answers.at(-1)!.status === 200) {
      await delay(50);
      answers.push(await ask(proxy, first));
    }
    const { status, text } = answers.at(-1)!;
    expect(status).toBe(503);
    expect(text).toMatch(/"code":"secret_unavailable"/);
    expect(Date.now()).toBeGreaterThan(app.fake.tokens[0]!.expiresAt - 300);
    expect(app.fake.tokens).toHaveLength(1);
    // What the other backend gives is used as ever.
    expect((await ask(proxy, second)).status).toBe(200);
    expect(eventsOf(proxy.records(), 'app').slice(0, 2)).toEqual(['fetched', 'stale']);
    expect(proxy.records().filter(({ kind }) => kind === 'refused')).toMatchObject([{ code: 'secret_unavailable' }]);
    // The search finds what is there.
    expect(leaks([app.fake.tokens[0]!.token], app, other)).toHaveLength(1);
    const texts = [
      ...answers.map((one) => one.text),
      proxy.written(),
      told(proxy.reports),
      told(proxy.alarms as never),
    ];
    expect(leaks(texts, app, other)).toEqual([]);
  });

  it('holds up its own secret for no longer than fetching may take, and no other', async () => {
    const [app, other] = [await startGitHub(60_000), await startGitHub(60_000)];
    const proxy = await startWith(app, other);
    app.server.fault = 'never';
    let isOver = false;
    const waiting = ask(proxy, first).finally(() => {
      isOver = true;
    });
    await until(() => app.server.requests.length > 0);
    for (let count = 0; count < 5; count += 1) expect((await ask(proxy, second)).status).toBe(200);
    expect(isOver).toBe(false);
    const { status, text } = await waiting;
    expect(status).toBe(503);
    expect(text).toMatch(/"code":"secret_unavailable"/);
    expect(proxy.written()).toContain('it did not come within 1000 ms');
    expect(leaks([text, proxy.written(), told(proxy.reports)], app, other)).toEqual([]);
  });

  it('is one that gives more than was asked: no request gets it', async () => {
    const [app, other] = [await startGitHub(60_000), await startGitHub(60_000)];
    app.fake.widening = 'all repositories';
    const proxy = await startWith(app, other);
    const { status, text } = await ask(proxy, first);
    expect([status, app.fake.tokens.map(({ revoked }) => revoked)]).toEqual([503, [true]]);
    expect(leaks([text, proxy.written(), told(proxy.reports)], app)).toEqual([]);
  });
});

describe('a token that ends', () => {
  it('is followed by another before that, and every request gets one that is live', async () => {
    const [app, other] = [await startGitHub(1500), await startGitHub(60_000)];
    const proxy = await startWith(app, other);
    const answers: { status: number; text: string }[] = [];
    while (app.fake.tokens.length < 3) {
      answers.push(await ask(proxy, first));
      await delay(20);
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text))).toEqual(
      new Set(app.fake.tokens.map(({ token }) => `you are ${'*'.repeat(token.length)}`)),
    );
    expect(eventsOf(proxy.records(), 'app').slice(0, 2)).toEqual(['fetched', 'rotated']);
    expect(leaks([...answers.map(({ text }) => text), proxy.written()], app)).toEqual([]);
  });
});

describe('leases at the end of `serve`', () => {
  it('are given back, and what could not be is told: in the audit and to the operator', async () => {
    const [app, other] = [await startGitHub(600_000), await startGitHub(600_000)];
    const serving = await serveWith(app, other);
    const answers = [await serving.get(`${first}:443`), await serving.get(`${second}:443`)];
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 /);
    const isLive = ({ fake }: Backend): boolean => fake.isLive(fake.tokens[0]!.token);
    expect([isLive(app), isLive(other)]).toEqual([true, true]);
    other.server.fault = 'status 500';
    serving.signal('SIGTERM');
    expect(await serving.ended).toBe(0);
    expect([isLive(app), isLive(other)]).toEqual([false, true]);
    const records = serving.records();
    expect(eventsOf(records, 'app')).toEqual(['fetched', 'revoked']);
    expect(eventsOf(records, 'other')).toEqual(['fetched', 'unrevoked']);
    const positionOf = (met: (one: AuditRecord) => boolean): number => records.findIndex(met);
    expect(positionOf(({ event }) => event === 'unrevoked')).toBeLessThan(positionOf(({ kind }) => kind === 'stop'));
    const [lease] = records.filter(({ event }) => event === 'revoked').map((one) => one['lease']);
    expect(lease).toBe(`installation/7/${new Date(app.fake.tokens[0]!.expiresAt).toISOString()}`);
    const log = JSON.stringify(serving.log);
    expect(log).toContain('a lease could not be given back');
    expect(leaks([...answers, JSON.stringify(records), log], app, other)).toEqual([]);
  });

  it('go on over a reload that leaves secrets as they are, and end with the secret', async () => {
    const [app, other] = [await startGitHub(600_000), await startGitHub(600_000)];
    const serving = await serveWith(app, other);
    expect(await serving.get(`${first}:443`)).toMatch(/^HTTP\/1.1 200 /);
    const usual = sections(app, other);
    const narrower = usual.replace(policyFor('app', first), policyFor('app', first, '/, /more'));
    expect(narrower).not.toBe(usual);
    expect(await serving.reload(narrower)).toMatchObject({ msg: 'reloaded' });
    expect(await serving.get(`${first}:443`)).toMatch(/^HTTP\/1.1 200 /);
    expect(eventsOf(serving.records(), 'app')).toEqual(['fetched']);
    expect(app.fake.tokens.map(({ revoked }) => revoked)).toEqual([false]);
    const without = usual.split('\n').filter((line) => !/^ {2}(?:app:|- \{ name: app,)/.test(line));
    expect(await serving.reload(without.join('\n'))).toMatchObject({ msg: 'reloaded' });
    await until(() => eventsOf(serving.records(), 'app').length > 1);
    expect(eventsOf(serving.records(), 'app')).toEqual(['fetched', 'revoked']);
    expect(app.fake.tokens.map(({ revoked }) => revoked)).toEqual([true]);
    expect(leaks([JSON.stringify(serving.records()), JSON.stringify(serving.log)], app)).toEqual([]);
  });
});
