import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import { fetch, type Dispatcher, type RequestInit } from 'undici';
import { planDisarm } from '../../src/adopt/disarm.js';
import { writeCopies } from '../../src/adopt/private-folder.js';
import { createApp } from '../../src/app.js';
import { runConfig, takenVariable } from '../../src/cli/run-config.js';
import { parseConfig } from '../../src/config/load.js';
import { newToken } from '../../src/identity/new-token.js';
import { randomPlaceholders } from '../../src/inject/placeholder.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';
import { startOidcServer, type OidcServer } from './oidc-server.js';
import { clients, cleanEnvironment } from '../support/run.js';

const api = 'gmail.googleapis.com';
const clientSecret = generatedSecret();
const authority = testAuthority();
let server: OidcServer;
let origin: Origin;
/** The tokens that came to the destination. */
const arrived: string[] = [];

beforeAll(async () => {
  // It has advice for who runs it in earnest.
  for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
  const grants = { client_secret: clientSecret, grant_types: ['client_credentials', 'refresh_token'] };
  const post = { token_endpoint_auth_method: 'client_secret_post' };
  const trusted = { subject: 'nobody', assertionKey: { kty: 'oct', k: '' } };
  server = await startOidcServer(
    [
      { client_id: 'tracker', ...grants },
      { client_id: 'desk-app', ...grants, ...post },
    ],
    trusted,
  );
  // Asks who issued it: what is no token of the server gets nobody anything.
  origin = await startOrigin(authority, [api], ({ headers }, response) => {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    arrived.push(token);
    const { AccessToken, ClientCredentials } = server.provider;
    void Promise.all([AccessToken.find(token), ClientCredentials.find(token)]).then(([user, client]) => {
      const who = user?.accountId ?? client?.clientId;
      response.writeHead(who === undefined ? 401 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ who }));
    });
  });
});

afterAll(async () => {
  await origin.close();
  await server.close();
  jest.restoreAllMocks();
});

/** By undici, in the class that the library looks for. */
async function askThrough(href: string, init: RequestInit, dispatcher: Dispatcher): Promise<Response> {
  const { status, headers, ...answer } = await fetch(href, { ...init, dispatcher }).then(async (given) => ({
    status: given.status,
    headers: [...given.headers],
    text: await given.text(),
  }));
  return new Response(answer.text, { status, headers });
}

const run = promisify(execFile);

async function runClient(environment: Record<string, string>): Promise<Record<string, unknown>> {
  const clean = cleanEnvironment(server.folder, environment);
  const { stdout } = await run(process.execPath, [`${clients}google_auth.mjs`], { env: clean, timeout: 20_000 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('a program of oauth4webapi or of Google’s library that holds placeholders only', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy({
      origins: { [`${api}:443`]: origin.port },
      authority,
      environment: { SECRET: clientSecret },
      yaml: `
secrets:
  part: { from: env, name: SECRET, hosts: ["${new URL(server.issuer).host}"] }
  tracker:
    from: oauth
    token_url: ${server.issuer}/token
    ca_file: ${server.caFile}
    client_id: tracker
    client_secret: part
    hosts: [${api}]
policies:
  - { name: token, hosts: [oauth2.googleapis.com], paths: [/token], token_endpoint: { secret: tracker } }
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "{tracker}", mode: substitute }]
limits: { drain_timeout: 300ms }
`,
    });
  });
  afterAll(() => proxy.close());

  const place = (secret: string): string => proxy.placeholders.of('desk', secret)!;

  it.each([
    ['Basic', oauth.ClientSecretBasic],
    ['its form', oauth.ClientSecretPost],
  ])('asks with its client secret in %s, and works', async (_, authentication) => {
    const dispatcher = proxy.agent();
    const url = 'https://oauth2.googleapis.com';
    const as = { issuer: url, token_endpoint: `${url}/token` };
    const through = (href: string, init: unknown): Promise<Response> =>
      askThrough(href, init as RequestInit, dispatcher);
    const client = { client_id: 'tracker' };
    const options = { [oauth.customFetch]: through };
    const given = await oauth
      .clientCredentialsGrantRequest(as, client, authentication(place('part')), { scope: 'read' }, options)
      .then((answer) => oauth.processClientCredentialsResponse(as, client, answer));
    expect(given).toMatchObject({ access_token: place('tracker'), token_type: 'bearer', expires_in: 600 });

    arrived.length = 0;
    const authorization = `Bearer ${given.access_token}`;
    const answer = await fetch(`https://${api}/me`, { dispatcher, headers: { authorization } });
    expect([answer.status, await answer.text()]).toEqual([200, '{"who":"tracker"}']);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).not.toBe(place('tracker'));
    expect(proxy.written()).not.toContain(arrived[0]);
    await dispatcher.close();
  });

  it('reads a refusal', async () => {
    const dispatcher = proxy.agent();
    const answer = await askThrough('https://oauth2.googleapis.com/token', { method: 'POST' }, dispatcher);
    expect(answer.status).toBe(400);
    const as = { issuer: 'https://oauth2.googleapis.com' };
    const read = oauth.processClientCredentialsResponse(as, { client_id: 'a' }, answer);
    await expect(read).rejects.toMatchObject({ error: 'invalid_request' });
    await dispatcher.close();
  });

  it('signs an assertion with a key that is worth nothing', async () => {
    const caFile = join(proxy.folder, 'ca.pem');
    writeFileSync(caFile, proxy.trustPem);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const said = await runClient({
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: caFile,
      SERVICE_ACCOUNT_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      API: `https://${api}/me`,
    });
    expect(said).toMatchObject({ status: 200, data: { who: 'tracker' } });
    expect(JSON.stringify(said)).not.toContain(arrived.at(-1));
  });
});

describe('a program whose account stands in files', () => {
  it('works with their copies, in a run of its own, and never holds what is in them', async () => {
    const folder = join(server.folder, 'run');
    mkdirSync(folder, { mode: 0o700 });
    const consent = await server.consent('desk-app');
    const write = (name: string, value: object): string => {
      writeFileSync(join(server.folder, name), JSON.stringify(value));
      return join(server.folder, name);
    };
    const files = {
      GMAIL_OAUTH_PATH: write('keys.json', { installed: { client_id: 'desk-app', client_secret: clientSecret } }),
      GMAIL_CREDENTIALS_PATH: write('tokens.json', { access_token: generatedSecret(), refresh_token: consent }),
    };
    const plan = planDisarm({ command: 'node', args: [], environment: files });
    expect(plan.leftovers).toEqual([]);
    // As the catalogue has it, but for Google itself, which is the server here.
    const host = new URL(server.issuer).host;
    const { token, sha256 } = newToken();
    const user = parseConfig(
      `version: 1\ndestinations: { ${api}: { address: "127.0.0.1:${origin.port}", ca_file: ./origin.pem } }\n`,
      join(server.folder, 'keywright.yaml'),
    );
    writeFileSync(join(server.folder, 'origin.pem'), authority.certificatePem);
    const made = runConfig(user, {
      client: 'run',
      tokenSha256: sha256,
      bindings: plan.bindings.map((binding) => ({ ...binding, hosts: [host] })),
      exchanges: plan.exchanges.map((exchange) => ({ ...exchange, endpoint: `${server.issuer}/token` })),
      folder,
      registries: [],
      auditFolder: join(folder, 'audit'),
    });
    const trusting = Array.from(made.secrets, ([name, secret]) => {
      const options = { ...(secret.options as object), ca_file: server.caFile };
      return [name, secret.kind.kind === 'oauth' ? { ...secret, options } : secret] as const;
    });
    const config = { ...made, secrets: new Map(trusting) };
    const placeholders = randomPlaceholders(
      ['run'],
      new Map([...config.secrets.keys()].map((name) => [name, undefined])),
    );
    const taken = Array.from(plan.secretValues(), ([name, value]) => [takenVariable(name), value] as const);
    const app = createApp({
      config,
      placeholders,
      environment: Object.fromEntries(taken),
      version: 'test',
      report: () => undefined,
      alarm: () => undefined,
    });
    const { proxy } = await app.start();
    try {
      const [address] = proxy;
      if (address?.transport !== 'tcp') throw new TypeError('it listens on TCP');
      const copies = writeCopies(
        folder,
        plan.copies((name) => placeholders.of('run', name)!),
      );
      const caFile = join(folder, 'ca.pem');
      writeFileSync(caFile, app.trustPem);
      arrived.length = 0;
      const said = await runClient({
        ...plan.disarm((name) => placeholders.of('run', name)!).environment,
        ...copies,
        HTTPS_PROXY: `http://run:${token}@127.0.0.1:${address.port}`,
        NODE_EXTRA_CA_CERTS: caFile,
        TOKEN_URL: `${server.issuer}/token`,
        API: `https://${api}/gmail/v1/users/me/profile`,
      });
      expect(said).toMatchObject({ status: 200, data: { who: 'someone' } });
      // It refreshed, and has what it was given in its copy now.
      expect(said['kept']).toMatchObject([{ access_token: placeholders.of('run', 'gmail-access') }]);
      expect(arrived).toHaveLength(1);
      for (const real of [consent, clientSecret, arrived[0]!]) expect(JSON.stringify(said)).not.toContain(real);
    } finally {
      await app.drain();
    }
  });
});
