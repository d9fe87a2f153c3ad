import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpClient, type HttpAnswer } from '../../../src/net/client.js';
import { seal } from '../../../src/secrets/seal.js';
import { openNodeVault, type Asked } from '../../../src/secrets/vault/node-vault.js';
import { startBackend, type BackendReply, type BackendServer } from '../backend-server.js';
import { random } from '../fakes/vault-engines.js';
import { stageVault, writeIn, type VaultStage } from '../vault-stage.js';
import { fetchContext, whyUnavailable } from '../context.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const token = `hvs.${random()}`;
let server: BackendServer;
let reply: BackendReply = { status: 200, body: {} };
beforeEach(async () => {
  reply = { status: 200, body: {} };
  server = await startBackend(() => reply);
});
afterEach(() => server.close());

async function ask(more: Partial<Asked> = {}): Promise<HttpAnswer> {
  const http = createHttpClient({ address: new URL(server.address), caFile: server.caFile });
  try {
    const send = await openNodeVault(http);
    const signal = AbortSignal.timeout(5000);
    return await send({ method: 'GET', path: 'kv/data/x', headers: {}, token: seal('t', token), signal, ...more });
  } finally {
    await http.close();
  }
}

async function failure(more: Partial<Asked> = {}): Promise<unknown> {
  return ask(more).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('of the defects of node-vault 0.12.0, by their numbers in the decision record,', () => {
  let stage: VaultStage | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  it('1: a token with the default life of 768 hours is not renewed in a loop', async () => {
    stage = await stageVault({ token: { ttl: 768 * 3600 } });
    stage.fake.engines.write('kv/jira', { password: random() });
    await stage.source({ path: 'kv/jira' }).fetch(fetchContext());
    const { length } = stage.fake.seen;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stage.fake.seen).toHaveLength(length);
  });

  it('2: a redirect is an answer, and the token goes nowhere else', async () => {
    server.fault = 'redirect';
    expect((await ask()).status).toBe(307);
    expect(server.elsewhere).toEqual([]);
  });

  it('3: a token that is replaced is not sent again', async () => {
    stage = await stageVault();
    const { fake, folder, backend } = stage;
    fake.engines.write('kv/jira', { password: random() });
    await stage.source({ path: 'kv/jira' }).fetch(fetchContext());
    const [old] = [...fake.tokens.all.values()];
    old!.revoked = true;
    const next = fake.tokens.create();
    writeIn(folder, 'token', next.id);
    await stage.source({ path: 'kv/jira' }).fetch(fetchContext());
    expect(stage.server.requests.at(-1)?.headers['x-vault-token']).toBe(next.id);
    await stage.source({ path: 'kv/jira' }).fetch(fetchContext());
    expect(stage.server.requests.at(-1)?.headers['x-vault-token']).toBe(next.id);
    expect(backend.origins).toEqual([backend.origin]);
  });

  it('4: =, &, \', " and & in a path arrive as they were written, one segment each', async () => {
    stage = await stageVault();
    const path = `kv/data/a=b&c'd"e;f%2F<g>&#x2F;`.replace('#', '');
    stage.fake.engines.write(path.replace('/data', ''), { password: 'of-an-odd-path' });
    const { fields } = await stage.source({ path }).fetch(fetchContext());
    expect(Object.keys(fields)).toEqual(['password']);
    expect(stage.fake.violations).toEqual([]);
  });

  it('4: a path that node-vault would change is not sent', async () => {
    expect(await failure({ path: 'kv/a&#x2F;b' })).toMatchObject({ message: 'node-vault has changed a path' });
    expect(server.requests).toEqual([]);
  });

  it('5: no token but that of our own login is ever taken over', async () => {
    reply = { status: 200, body: { auth: { client_token: `hvs.${random()}` } } };
    const http = createHttpClient({ address: new URL(server.address), caFile: server.caFile });
    const send = await openNodeVault(http);
    const asked = { method: 'POST', headers: {}, body: {}, signal: AbortSignal.timeout(5000) } as const;
    await send({ ...asked, path: 'auth/token/create', token: seal('t', token) });
    await send({ ...asked, path: 'auth/approle/login' });
    expect(server.requests.map(({ headers }) => headers['x-vault-token'])).toEqual([token, undefined]);
    await http.close();
  });

  it('6: a failure of a path that has sys/health in it is a failure', async () => {
    stage = await stageVault();
    const why = await whyUnavailable(stage.source({ path: 'kv/data/sys/health' }).fetch(fetchContext()));
    expect(why).toContain('has nothing there');
  });

  it.each(['hang up', 'half an answer', 'huge', 'coded', 'not utf-8'] as const)(
    '7: an error holds nothing of what was sent, where the server does this: %s',
    async (fault) => {
      server.fault = fault;
      const secretId = random();
      const error = await failure({ method: 'POST', body: { secret_id: seal('s', secretId) } });
      const shown =
        inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
      expect(error).toMatchObject({ name: 'Reason' });
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(secretId);
    },
  );

  it('9: a login by certificate needs nothing but its mount, and goes there', async () => {
    await ask({ method: 'POST', path: 'auth/other-cert/login', body: { name: 'web' }, token: undefined });
    expect(server.requests).toMatchObject([{ path: '/v1/auth/other-cert/login', body: '{"name":"web"}' }]);
  });

  it('10: the namespace is the one that was asked for', async () => {
    process.env['VAULT_NAMESPACE'] = 'elsewhere';
    try {
      await ask({ headers: { 'x-vault-namespace': 'team-a' } });
      await ask();
    } finally {
      delete process.env['VAULT_NAMESPACE'];
    }
    expect(server.requests.map(({ headers }) => headers['x-vault-namespace'])).toEqual(['team-a', undefined]);
  });

  it('11: sync arrives where a lease is revoked, and a login by JWT needs no role', async () => {
    await ask({ method: 'POST', path: 'sys/leases/revoke', body: { lease_id: 'a/b', sync: true } });
    await ask({ method: 'POST', path: 'auth/jwt/login', body: { role: undefined, jwt: seal('j', 'of-a-provider') } });
    expect(server.requests.map(({ body }) => body)).toEqual([
      '{"lease_id":"a/b","sync":true}',
      '{"jwt":"of-a-provider"}',
    ]);
  });

  it('12: header fields arrive, and a body holds what was put into it and no more', async () => {
    await ask({ method: 'POST', path: 'pki/issue/web', headers: { 'x-correlation-id': 'abc.1' }, body: { ttl: '1h' } });
    expect(server.requests).toMatchObject([{ body: '{"ttl":"1h"}', headers: { 'x-correlation-id': 'abc.1' } }]);
  });

  it('13: there is a limit in time', async () => {
    server.fault = 'never';
    const reason = new Error('late');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    expect(await failure({ signal: controller.signal })).toBe(reason);
  });

  it.each(['kv/data/../../sys/mounts', 'kv/./x', 'kv/%2e%2e/x', 'kv/a b', 'kv/\u0000', 'kv#x', 'kv\\x'])(
    '13: a path that a URL parser would read otherwise is not sent: %j',
    async (path) => {
      expect(await failure({ path })).toBeInstanceOf(Error);
      expect(server.requests).toEqual([]);
    },
  );
});

describe('the environment', () => {
  it('8, 13: changes nothing and makes nothing be printed: no proxy, no address, no token, no namespace, no verification turned off, no DEBUG', async () => {
    const trapped: string[] = [];
    const trap = createServer((socket) => {
      trapped.push('connected');
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const elsewhere = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const run = async (address: string, caFile: string): Promise<{ out: string; err: string }> => {
      const script = fileURLToPath(new URL('node-vault-child.ts', import.meta.url));
      const child = spawn(
        process.execPath,
        ['--no-warnings', '--import', './test/support/typescript-child.mjs', script, address, caFile],
        {
          cwd: root,
          env: {
            PATH: process.env['PATH'],
            VAULT_ADDR: elsewhere,
            VAULT_TOKEN: 'of-the-environment',
            VAULT_NAMESPACE: 'of-the-environment',
            VAULT_PREFIX: '/of-the-environment',
            VAULT_SKIP_VERIFY: '1',
            HTTP_PROXY: elsewhere,
            HTTPS_PROXY: elsewhere,
            ALL_PROXY: elsewhere,
            DEBUG: '*,node-vault',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
      return { out, err };
    };
    const other = await startBackend(() => reply);
    try {
      expect(await run(server.address, server.caFile)).toEqual({ out: '200\n', err: '' });
      const [request] = server.requests;
      expect(request).toMatchObject({ path: '/v1/kv/data/x' });
      expect(request?.headers['x-vault-token']).toBe('of-the-child');
      expect(request?.headers['x-vault-namespace']).toBeUndefined();
      expect(await run(server.address, other.caFile)).toMatchObject({ out: 'tls\n' });
      expect(server.requests).toHaveLength(1);
      expect(trapped).toEqual([]);
    } finally {
      trap.close();
      await other.close();
    }
  });
});
