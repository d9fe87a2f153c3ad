import { createRequire } from 'node:module';
import type dnsPromises from 'node:dns/promises';
import type netModule from 'node:net';
import type { TcpNetConnectOpts } from 'node:net';
import type tlsModule from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Origin } from '../support/origin.js';
import type { TestProxy } from '../support/proxy.js';

/** What the resolver of this process answers, and which server really stands at a public address. */
const answers: Record<string, readonly string[]> = {};
const standsAt = new Map<string, number>();
const dialled: string[] = [];

const load = createRequire(import.meta.url);
const dns = load('node:dns/promises') as { lookup: typeof dnsPromises.lookup };
const net = load('node:net') as { connect: typeof netModule.connect };
const tls = load('node:tls') as { connect: typeof tlsModule.connect };
const { lookup } = dns;
const [connect, connectTls] = [net.connect, tls.connect];
dns.lookup = ((host: string) =>
  Promise.resolve((answers[host] ?? []).map((address) => ({ address, family: 4 })))) as unknown as typeof dns.lookup;
net.connect = ((options: TcpNetConnectOpts, ...rest: []) =>
  connect(redirected(options), ...rest)) as typeof net.connect;
tls.connect = ((options: ConnectionOptions, ...rest: []) =>
  connectTls(redirected(options), ...rest)) as typeof tls.connect;

function redirected<T extends { host?: string | undefined; port?: number | undefined }>(options: T): T {
  const port = standsAt.get(options.host ?? '');
  if (port === undefined) return options;
  dialled.push(options.host ?? '');
  return { ...options, host: '127.0.0.1', port };
}

const name = 'api.victim.example.com';
/** A name of its own for each way of rebinding. */
const bad = ['10.0.0.1', '127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1'];
const ways = bad.flatMap((address) => [[address], ['8.8.8.8', address], [address, '8.8.8.8']]);
const rebound = ways.map((list, index) => ({ host: `r${index}.victim.example.com`, list }));
const lifetime = 200;
const secret = 's3cr3t-of-the-rebinding-test';
let proxy: TestProxy;
let first: Origin;
let second: Origin;
let ask: (host?: string) => Promise<string>;

beforeAll(async () => {
  // Imported only now, so that resolver and sockets are ours before anything takes hold of the system's.
  const { startProxy, openSecureTunnel } = await import('../support/proxy.js');
  const { startOrigin } = await import('../support/origin.js');
  const { testAuthority } = await import('../support/certificates.js');
  const { exchange, outcome } = await import('./world.js');
  const authority = testAuthority();
  const names = [name, ...rebound.map(({ host }) => host)];
  [first, second] = [await startOrigin(authority, names), await startOrigin(authority, names)];
  standsAt.set('8.8.8.8', first.port).set('9.9.9.9', second.port).set('8.8.4.4', 1);
  proxy = await startProxy({
    origins: {},
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: ["*.victim.example.com"] } }
policies: [{ name: api, hosts: ["*.victim.example.com"], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }]
upstream: { ca_file: ./origin-ca.pem }
limits: { drain_timeout: 300ms, address_lifetime: ${lifetime}ms }
`,
  });
  ask = async (host = name) =>
    outcome(await exchange(await openSecureTunnel(proxy, `${host}:443`), `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
});

afterAll(async () => {
  await proxy.close();
  await first.close();
  await second.close();
  Object.assign(dns, { lookup });
  Object.assign(net, { connect });
  Object.assign(tls, { connect: connectTls });
});

beforeEach(async () => {
  await passed(lifetime + 20);
  first.seen.length = 0;
  second.seen.length = 0;
  dialled.length = 0;
});

/** Time that the proxy measures by its own clock: there is nothing to wait for but it. */
function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe('DNS rebinding between check and dial, over a kept connection', () => {
  it('uses a connection again while the name still has its address', async () => {
    answers[name] = ['8.8.8.8'];
    expect([await ask(), await ask()]).toEqual(['200', '200']);
    await passed(lifetime + 20);
    expect(await ask()).toBe('200');
    expect(dialled).toEqual(['8.8.8.8']);
    expect(first.seen).toHaveLength(3);
  });

  it('sends nothing on it once the name has become an inner address, alone or beside it', async () => {
    const all = async (): Promise<string[]> => Promise.all(rebound.map(({ host }) => ask(host)));
    for (const { host } of rebound) answers[host] = ['8.8.8.8'];
    expect(new Set(await all())).toEqual(new Set(['200']));
    await passed(lifetime + 20);
    for (const { host, list } of rebound) answers[host] = list;
    expect(new Set(await all())).toEqual(new Set(['address_refused']));
    expect(first.seen).toHaveLength(rebound.length);
    expect(new Set(dialled)).toEqual(new Set(['8.8.8.8']));
  });

  it('sends nothing on it once the name has another public address', async () => {
    answers[name] = ['8.8.8.8'];
    expect(await ask()).toBe('200');
    await passed(lifetime + 20);
    answers[name] = ['9.9.9.9'];
    expect(await ask()).toBe('200');
    expect([first.seen.length, second.seen.length]).toEqual([1, 1]);
    expect(proxy.records().findLast(({ kind }) => kind === 'use')).toMatchObject({ upstream_address: '9.9.9.9' });
  });

  it('sends nothing on it once its address is no longer among several', async () => {
    answers[name] = ['8.8.8.8', '9.9.9.9'];
    expect(await ask()).toBe('200');
    expect(first.seen).toHaveLength(1);
    await passed(lifetime + 20);
    answers[name] = ['9.9.9.9'];
    expect(await ask()).toBe('200');
    expect([first.seen.length, second.seen.length]).toEqual([1, 1]);
  });

  it('goes to the next vetted address where the first does not answer', async () => {
    answers[name] = ['8.8.4.4', '9.9.9.9'];
    expect(await ask()).toBe('200');
    expect(dialled).toEqual(['8.8.4.4', '9.9.9.9']);
    expect(second.seen).toHaveLength(1);
  });
});
