import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exchange, inTime, outcome, told } from '../regressions/world.js';
import { testAuthority, type TestAuthority } from '../support/certificates.js';
import { answering, connectingTo, startCorporateProxy, type CorporateProxy } from '../support/corporate-proxy.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const api = 'api.example.com';
const secret = generatedSecret();
const password = `pr0xy-${randomBytes(15).toString('base64url')}`;
const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
const passwordFile = join(folder, 'password');
const authority = testAuthority();
const corporate = testAuthority('Corporate CA');
const stranger = testAuthority('Stranger');
const closing: (() => Promise<unknown>)[] = [];
let origin: Origin;
let plain: Origin;

beforeAll(async () => {
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'corporate.pem'), corporate.certificatePem);
  origin = await startOrigin(authority, [api, '10.1.2.3', 'app.internal']);
  plain = await startOrigin(undefined, []);
});

afterAll(async () => {
  await origin.close();
  await plain.close();
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await inTime(close(), 5000);
  origin.seen.length = 0;
});

function corp(...args: Parameters<typeof startCorporateProxy>): Promise<CorporateProxy> {
  return startCorporateProxy(...args).then((proxy) => {
    closing.push(() => proxy.close());
    return proxy;
  });
}

interface Setup {
  readonly port: number;
  readonly scheme?: string;
  readonly host?: string;
  /** More keys of `upstream`. */
  readonly upstream?: string;
  readonly destinations?: string;
  readonly trust?: TestAuthority;
  readonly limits?: string;
}

/** Keywright behind a corporate proxy, with that proxy's credentials. */
async function behind(setup: Setup): Promise<TestProxy> {
  const { port, scheme = 'http', host = '127.0.0.1', upstream = '', destinations = '{}', limits = '' } = setup;
  const hosts = `["${api}", "${api}:80", "*.internal", "*.corp", "printer", "*.localhost", "localhost:${plain.port}", "10.1.2.3", "127.0.0.9", "169.254.169.254", "[fd00:ec2::254]", "8.8.8.8", "metadata.goog"]`;
  const proxy = await startProxy({
    origins: {},
    authority: setup.trust ?? authority,
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: ["api.example.com", "app.internal", "10.1.2.3"] } }
upstream:
  proxy: ${scheme}://${host}:${port}
  proxy_username: keywright
  proxy_password_file: ${passwordFile}
  ca_file: ./origin-ca.pem
  ${upstream}
destinations: ${destinations}
policies:
  - { name: blind, hosts: ["blind.example.com"], action: tunnel }
  - { name: api, hosts: ["${api}", "10.1.2.3", "app.internal"], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }
  - { name: others, hosts: ${hosts} }
limits: { drain_timeout: 300ms, ${limits} }
`,
  });
  closing.push(() => proxy.close());
  return proxy;
}

async function inside(proxy: TestProxy, authority: string): Promise<string> {
  const host = authority.replace(/:443$/, '');
  return exchange(await openSecureTunnel(proxy, authority), `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}

async function inTheClear(proxy: TestProxy, url: string): Promise<string> {
  const { host } = new URL(url);
  return exchange(
    connect(proxy.port, '127.0.0.1'),
    `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\n`,
  );
}

/** What must be nowhere: in no answer, no report with all its causes, no audit record. */
function leaks(proxy: TestProxy, ...texts: string[]): string[] {
  const all = [...texts, told(proxy.reports), proxy.written()].join('\n');
  const forms = [secret, password, Buffer.from(`keywright:${password}`).toString('base64')];
  return forms.filter((form) => all.includes(form));
}

const reasonOf = (proxy: TestProxy): unknown => proxy.reports.at(-1)?.reason;

describe('an upstream proxy that', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  it.each<[string, readonly string[], RegExp]>([
    ['wants other credentials', ['HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n'], /credentials/],
    ['forbids the destination', ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'], /CONNECT with 403/],
    ['cannot reach it', ['HTTP/1.1 503 Unavailable\r\n\r\n'], /CONNECT with 503/],
    ['redirects', ['HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example.com/\r\n\r\n'], /CONNECT with 302/],
    ['switches protocols', ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'], /CONNECT with 101/],
    ['speaks no HTTP', ['SSH-2.0-OpenSSH_9.6\r\n'], /no HTTP/],
    ['sends garbage', [`HTTP/1.1 200 OK\r\n${'\0\x01\x02'.repeat(9)}\r\n\r\n`], /malformed/],
    ['answers 200 with a Content-Length', [`${head}Content-Length: 5\r\n\r\nhello`], /content/],
    ['answers 200 with chunks', [`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`], /content/],
    ['ends its lines with LF alone', ['HTTP/1.1 200 OK\nX: y\n\n\r\n\r\n'], /malformed/],
    ['folds a line', [`${head}X: a\r\n b\r\n\r\n`], /malformed/],
    ['answers with a huge head', [head, ...Array.from({ length: 20 }, () => `X: ${'y'.repeat(1000)}\r\n`)], /end/],
  ])('%s leads to a refusal that names it', async (_, pieces, reason) => {
    const upstream = await corp(answering(...pieces));
    const proxy = await behind({ port: upstream.port });
    const answer = await inTime(inside(proxy, `${api}:443`), 3000);
    expect([answer.slice(0, 12), outcome(answer)]).toEqual(['HTTP/1.1 502', 'destination_unreachable']);
    expect(reasonOf(proxy)).toMatch(reason);
    expect(upstream.heads).toHaveLength(1);
    expect(origin.seen).toEqual([]);
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('wants other credentials is told to the operator with the keys to set, never to the caller', async () => {
    const upstream = await corp(answering('HTTP/1.1 407 No\r\n\r\n'));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(proxy.reports.at(-1)?.refusal.hint).toContain('proxy_password_file');
    expect(answer).not.toContain('proxy_password_file');
  });

  it('closes instead of answering leads to a refusal', async () => {
    const upstream = await corp((socket) => socket.end());
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toBe('the upstream proxy closed before it answered');
  });

  it.each([
    ['never answers', answering()],
    ['answers a byte at a time, for ever', trickling],
    ['answers 100 Continue for ever', repeating('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('%s is given up in time', async (_, conduct) => {
    const upstream = await corp(conduct);
    const proxy = await behind({ port: upstream.port, limits: 'connect_timeout: 300ms' });
    const answer = await inTime(inside(proxy, `${api}:443`), 3000);
    expect(outcome(answer)).toBe('destination_timeout');
    expect(reasonOf(proxy)).toBe('the upstream proxy did not answer in time');
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('does not listen leads to a refusal', async () => {
    const upstream = await corp(answering());
    await upstream.close();
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inTime(inside(proxy, `${api}:443`), 3000))).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toBe('the upstream proxy cannot be reached (ECONNREFUSED)');
  });

  it.each([
    ['another name', corporate, ['other.example'], 'proxy_ca_file: ../corporate.pem'],
    ['a CA that is not trusted for it', stranger, ['127.0.0.1'], ''],
  ])('has a certificate of %s gets no credentials', async (_, issuer, names) => {
    const upstream = await corp(answering(), issuer, names);
    const proxy = await behind({
      port: upstream.port,
      scheme: 'https',
      upstream: `proxy_ca_file: ${join(folder, 'corporate.pem')}`,
    });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toMatch(/certificate/);
    expect(upstream.heads).toEqual([]);
  });

  it('is trusted for destinations is not trusted as itself for that', async () => {
    const upstream = await corp(answering(), authority);
    const proxy = await behind({ port: upstream.port, scheme: 'https' });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('destination_unreachable');
    expect(upstream.heads).toEqual([]);
  });

  it('leads to another destination than it was asked for is found out by the certificate', async () => {
    const other = await startOrigin(authority, ['other.example.com']);
    closing.push(() => other.close());
    const upstream = await corp(connectingTo(() => other.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('destination_certificate');
    expect(other.seen).toEqual([]);
  });
});

function trickling(socket: Socket): void {
  socket.resume();
  const timer = setInterval(() => socket.write('H'), 50);
  socket.write('HTTP/1.1 200 OK\r\nX: ');
  socket.once('close', () => clearInterval(timer));
}

function repeating(bytes: string): (socket: Socket) => void {
  return (socket) => {
    socket.resume();
    const timer = setInterval(() => socket.write(bytes), 50);
    socket.once('close', () => clearInterval(timer));
  };
}

describe('through an upstream proxy', () => {
  it.each([
    'app.internal',
    'db.corp',
    'x.localhost',
    'metadata.goog',
    '10.1.2.3',
    '127.0.0.9',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '8.8.8.8',
  ])('%s is not passed on', async (host) => {
    const upstream = await corp(connectingTo(() => origin.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await inTheClear(proxy, `https://${host}/`);
    expect([answer.slice(0, 12), outcome(answer)]).toEqual(['HTTP/1.1 403', 'address_refused']);
    expect(upstream.connections()).toBe(0);
  });

  it.each(['127.0.0.9', '169.254.169.254', '[fd00:ec2::254]', 'metadata.goog'])(
    '%s is not passed on where private places are allowed either',
    async (host) => {
      const upstream = await corp(connectingTo(() => origin.port));
      const proxy = await behind({ port: upstream.port, destinations: `{ "${host}": { allow_private: true } }` });
      expect(outcome(await inTheClear(proxy, `https://${host}/`))).toBe('address_refused');
      expect(upstream.connections()).toBe(0);
    },
  );

  it.each(['10.1.2.3', 'app.internal'])('%s is passed on where its destination allows it', async (host) => {
    const upstream = await corp(connectingTo(() => origin.port));
    const proxy = await behind({ port: upstream.port, destinations: `{ "${host}": { allow_private: true } }` });
    expect(outcome(await inTheClear(proxy, `https://${host}/`))).toBe('200');
    expect(upstream.heads[0]).toMatch(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n`);
  });

  it('goes a request with its credential, and the record says so', async () => {
    const upstream = await corp(connectingTo(() => origin.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('200');
    const basic = Buffer.from(`keywright:${password}`).toString('base64');
    expect(upstream.heads).toEqual([
      `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`,
    ]);
    expect(origin.seen[0]?.rawHeaders).toContain(`Bearer ${secret}`);
    expect(origin.seen[0]?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('proxy-authorization');
    const use = proxy.records().find(({ kind }) => kind === 'use');
    expect(use).toMatchObject({ vetting: 'by upstream proxy', upstream_address: '' });
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('goes the next request on the same connection', async () => {
    const upstream = await corp(connectingTo(() => origin.port));
    const proxy = await behind({ port: upstream.port });
    await inside(proxy, `${api}:443`);
    await inside(proxy, `${api}:443`);
    expect(origin.seen).toHaveLength(2);
    expect(upstream.connections()).toBe(1);
  });

  it('goes a request in the clear by CONNECT too', async () => {
    const upstream = await corp(connectingTo(() => plain.port));
    const proxy = await behind({ port: upstream.port });
    const clear = await inTheClear(proxy, `http://${api}/`);
    expect(outcome(clear)).toBe('200');
    expect(upstream.heads.map((head) => head.split('\r\n', 1)[0])).toEqual([`CONNECT ${api}:80 HTTP/1.1`]);
  });

  it('goes a blind tunnel, TLS end to end', async () => {
    const server = await startOrigin(authority, ['blind.example.com']);
    closing.push(() => server.close());
    const upstream = await corp(connectingTo(() => server.port));
    const proxy = await behind({ port: upstream.port });
    const { socket, answer } = await openTunnel(proxy, 'blind.example.com:443');
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    const secure = connectTls({ socket, servername: 'blind.example.com', ca: authority.certificatePem });
    await once(secure, 'secureConnect');
    const text = await exchange(secure, 'GET / HTTP/1.1\r\nHost: blind.example.com\r\n\r\n');
    expect(outcome(text)).toBe('200');
    expect(upstream.heads[0]).toMatch(/^CONNECT blind\.example\.com:443 /);
    expect(proxy.records().find(({ kind }) => kind === 'use')).toMatchObject({ vetting: 'by upstream proxy' });
  });

  it('over TLS goes TLS inside TLS', async () => {
    const upstream = await corp(
      connectingTo(() => origin.port),
      corporate,
    );
    const proxy = await behind({
      port: upstream.port,
      scheme: 'https',
      upstream: `proxy_ca_file: ${join(folder, 'corporate.pem')}`,
    });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
    expect(origin.seen[0]?.rawHeaders).toContain(`Bearer ${secret}`);
  });

  it.each([
    ['in two pieces', ['HTTP/1.1 200 Connection', ' established\r\n\r\n']],
    ['with header fields and a length of zero', ['HTTP/1.1 200 OK\r\nVia: 1.1 squid\r\nContent-Length: 0\r\n\r\n']],
    ['as HTTP/1.0 and without a phrase', ['HTTP/1.0 200\r\n\r\n']],
    ['after an interim answer', ['HTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n']],
  ])('whose answer comes %s goes the request', async (_, pieces) => {
    const upstream = await corp((socket, head) => {
      for (const piece of pieces.slice(0, -1)) socket.write(piece);
      connectingTo(() => origin.port, pieces.at(-1))(socket, head);
    });
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
  });
});

describe('past an upstream proxy', () => {
  it('goes what no_proxy names, and has its addresses checked', async () => {
    const upstream = await corp(connectingTo(() => plain.port));
    const proxy = await behind({ port: upstream.port, upstream: 'no_proxy: [localhost, "169.254.0.0/16"]' });
    const answers = [
      await inTheClear(proxy, `http://localhost:${plain.port}/`),
      await inTheClear(proxy, 'https://169.254.169.254/'),
    ];
    expect(answers.map(outcome)).toEqual(['address_refused', 'address_refused']);
    expect(proxy.reports.map(({ reason }) => reason)).toEqual(['the address is loopback', 'the address is metadata']);
    expect(upstream.connections()).toBe(0);
  });

  it('goes a destination with a static address', async () => {
    const upstream = await corp(answering());
    const destinations = `{ "${api}": { address: "127.0.0.1:${origin.port}" } }`;
    const proxy = await behind({ port: upstream.port, destinations });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
    expect(upstream.connections()).toBe(0);
    expect(proxy.records().find(({ kind }) => kind === 'use')).toMatchObject({ vetting: 'static' });
  });
});
