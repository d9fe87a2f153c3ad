import { afterEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../src/config/load.js';
import { systemClock } from '../src/core/clock.js';
import { openAll, type OpenedSources } from '../src/opened-sources.js';
import { openSecrets, openSources } from '../src/secret-sources.js';
import { startBackend, type BackendServer } from './secrets/backend-server.js';
import { FakeOauth } from './secrets/fakes/oauth.js';

const surroundings = { environment: {}, clock: systemClock, platform: process.platform, onEvent: () => undefined };
const open = (text: string, before?: OpenedSources, folder = '/etc/k'): OpenedSources =>
  openAll(parseConfig(`version: 1\n${text}`, `${folder}/k.yaml`), { ...surroundings, trust: [] }, before);

const token = '{ method: token, token_file: ./token }';
const base = {
  corp: `{ type: vault, address: "https://[::1]:8200", auth: ${token} }`,
  lab: '{ type: workos, api_key: key }',
  key: '{ from: store, hosts: [api.workos.com] }',
  kv: '{ from: vault, path: kv/data/kv, hosts: [a.example.com] }',
  pat: '{ from: github-app, app_id: 1, owner: acme, private_key: pem, hosts: [api.github.com] }',
  pem: '{ from: env, name: PEM, hosts: [] }',
  user: '{ from: workos-pipes, integration: github, users: { desk: u }, hosts: [a.example.com] }',
};
const textOf = (changes: Partial<Record<keyof typeof base | 'store' | 'limits', string>> = {}): string => {
  const { corp, lab, ...secrets } = { ...base, ...changes };
  const { store = '', limits = '', ...rest } = secrets as Record<string, string>;
  const entries = Object.entries(rest).map(([name, text]) => `  ${name}: ${text}`);
  return `clients: [{ name: desk }]\nbackends:\n  corp: ${corp}\n  lab: ${lab}\nsecrets:\n${entries.join('\n')}\n${store}\n${limits}`;
};
const madeAnew = (before: OpenedSources, after: OpenedSources): string[] =>
  [...after.backends, ...after.sources]
    .flatMap(([name, { made }]) => {
      const was = before.backends.get(name) ?? before.sources.get(name);
      return was?.made === made ? [] : [name];
    })
    .sort();

describe('what is made anew by another configuration', () => {
  it.each<[string, Parameters<typeof textOf>[0], string[]]>([
    ['nothing, where nothing of it has changed', { limits: 'limits: { secret_timeout: 5s }' }, []],
    ['the shape of a placeholder is not how it is got', { kv: base.kv.replace(' }', ', placeholder: <uuid> }') }, []],
    ['one secret', { kv: base.kv.replace('data/kv', 'data/other') }, ['kv']],
    ['one that may go elsewhere', { kv: base.kv.replace('a.example', 'b.example') }, ['kv']],
    ['one and what is made from it', { pem: base.pem.replace('PEM', 'OTHER') }, ['pat', 'pem']],
    ['a backend and what is read from it', { corp: base.corp.replace('8200', '8201') }, ['corp', 'kv']],
    [
      'a secret, the backend that shows it, and what is read there',
      { key: base.key.replace('[', '[x.example.com, ') },
      ['lab', 'key', 'user'],
    ],
    ['what comes from the store, and so on', { store: 'store: { file: ./other.age }' }, ['lab', 'key', 'user']],
    ['one of another kind', { pem: '{ from: file, path: ./pem, hosts: [] }' }, ['pat', 'pem']],
  ])('%s', (_, changes, expected) => {
    const before = open(textOf());
    expect(madeAnew(before, open(textOf(changes), before))).toEqual([...expected].sort());
  });

  it('all, where relative paths begin elsewhere', () => {
    const before = open(textOf());
    expect(madeAnew(before, open(textOf(), before, '/etc/other'))).toHaveLength(7);
  });

  it('is compared with the configuration just before, not with one of earlier', () => {
    const first = open(textOf());
    const second = open(textOf({ kv: base.kv.replace('data/kv', 'data/other') }), first);
    expect(madeAnew(first, open(textOf(), second))).toEqual(['kv']);
  });
});

describe('what is where a backend is reached', () => {
  it('goes by the configuration that a request began with', () => {
    const input = (text: string) => ({
      config: parseConfig(`version: 1\n${text}`, '/etc/k/k.yaml'),
      environment: {},
      clock: systemClock,
    });
    const before = openSources(input(textOf()), undefined);
    const after = openSources(input(textOf({ corp: base.corp.replace('8200', '8201') })), before);
    expect([8200, 8201].map((port) => before.isBackend('::1', port))).toEqual([true, false]);
    expect([8200, 8201].map((port) => after.isBackend('::1', port))).toEqual([false, true]);
  });
});

describe('connections of a secret', () => {
  let server: BackendServer;
  afterEach(() => server.close());

  it('are closed with it: to where it was found, where it is got and where it goes back', async () => {
    const fake = new FakeOauth({ client: { id: 'k', auth: { method: 'none' } } });
    const subject = fake.consent();
    server = await startBackend((request) => {
      if (request.method === 'POST') return fake.handler(request);
      return { status: 200, body: { issuer: server.address, token_endpoint: `${server.address}/oauth/token` } };
    });
    const text = `version: 1
secrets:
  first: { from: env, name: FIRST, hosts: ["localhost:${String(server.port)}"] }
  api:
    { from: oauth, issuer: "${server.address}", revocation_url: "${server.address}/oauth/revoke", ca_file: "${server.caFile}",
      client_id: k, client_auth: none, grant: refresh_token, refresh_token: first, hosts: [a.example.com] }`;
    const config = parseConfig(text, `${server.folder}/k.yaml`);
    const { secrets } = openSecrets(config, { ...surroundings, environment: { FIRST: subject } });
    await secrets.acquire('api', { client: 'desk' });
    expect(await server.connections()).toBeGreaterThan(1);
    await secrets.close();
    expect(fake.revoked).toHaveLength(1);
    let left = await server.connections();
    for (let turn = 0; turn < 200 && left > 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      left = await server.connections();
    }
    expect(left).toBe(0);
  });
});
