import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SecureVersion } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startCertificateServer, type CertificateServerOptions, type Seen } from '../support/certificate-server.js';
import { testAuthority } from '../support/certificates.js';
import { clientCertificate, type KeyPairPem } from '../support/client-certificate.js';
import { connectingTo, startCorporateProxy } from '../support/corporate-proxy.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { startOpensslServer } from '../support/openssl-server.js';
import { startOrigin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const authority = testAuthority();
const closing: (() => Promise<void>)[] = [];
let root: KeyPairPem;
let ours: KeyPairPem;
let stranger: KeyPairPem;
beforeAll(() => {
  root = clientCertificate('Test client CA', { ca: true });
  ours = clientCertificate('keywright', { issuer: root });
  stranger = clientCertificate('stranger');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Setup {
  readonly port: number;
  /** The fields of the secret. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly options?: string;
  readonly secret?: string;
  readonly more?: string;
  readonly scheme?: number;
}

async function open({ port, fields, options = '', secret, more = '', scheme = 443 }: Setup): Promise<TestProxy> {
  const source = secret ?? 'from: file, path: ./mtls.json, format: json';
  const proxy = await startProxy({
    ...(scheme === 443 ? { authority } : {}),
    origins: more === '' ? { [`${host}:${scheme}`]: port } : {},
    environment: { PATH: process.env['PATH'] ?? '' },
    yaml: `
secrets: { mtls: { ${source}, hosts: ["${host}:${scheme}"] } }
policies:
  - name: api
    hosts: ["${host}:${scheme}"]
    inject: [{ sign: client-certificate, secret: mtls ${options} }]
${more}`,
  });
  closing.push(() => proxy.close());
  writeFileSync(join(proxy.folder, 'mtls.json'), JSON.stringify(fields ?? {}), { mode: 0o600 });
  return proxy;
}

async function destination(options: Partial<CertificateServerOptions> = {}) {
  const server = await startCertificateServer({ authority, names: [host], clientCa: [root.cert], ...options });
  closing.push(() => server.close());
  return server;
}

async function get(
  proxy: TestProxy,
  url = `https://${host}/`,
  how: { readonly method: 'GET' | 'POST'; readonly body?: string } = { method: 'GET' },
): Promise<{ status: number; text: string }> {
  const dispatcher = proxy.agent();
  const { statusCode, body } = await dispatcher.request({ origin: new URL(url).origin, path: '/', ...how });
  const text = await body.text();
  await dispatcher.close();
  return { status: statusCode, text };
}

const write = (proxy: TestProxy, name: string, { cert, key }: KeyPairPem): void =>
  writeFileSync(join(proxy.folder, name), JSON.stringify({ cert, key }));
const refusals = (proxy: TestProxy): unknown[] => proxy.reports.map(({ refusal, reason }) => [refusal.code, reason]);
const keyLines = (key: string): string[] => key.split('\n').filter((line) => /^[A-Za-z0-9+/]{64}$/.test(line));
const leaks = (proxy: TestProxy, text: string, key = ours.key): string[] =>
  keyLines(key).filter((line) => `${text}${proxy.written()}${JSON.stringify(proxy.reports)}`.includes(line));

describe('a client certificate is not used', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['without its key', () => ({ certificate: ours.cert }), /tls_key or private_key or key or value is not there/],
    ['when it has expired', () => expired(), /the secret mtls holds a certificate that has expired on \d{4}-/],
  ])('%s: the operator reads why, and nothing goes out', async (_, fields, why) => {
    const server = await destination();
    const proxy = await open({ port: server.port, fields: fields() });
    const { status, text } = await get(proxy);
    expect(status).toBe(503);
    expect(refusals(proxy)).toEqual([['secret_unavailable', expect.stringMatching(why)]]);
    expect(server.seen).toEqual([]);
    expect(leaks(proxy, text)).toEqual([]);
  });

  it('over http://, which shows none: the request is refused', async () => {
    const plain = await startOrigin(undefined, []);
    closing.push(() => plain.close());
    const proxy = await open({ port: plain.port, fields: { cert: ours.cert, key: ours.key }, scheme: 8080 });
    const { status } = await get(proxy, `http://${host}:8080`);
    expect([status, refusals(proxy)]).toEqual([403, [['cleartext_credential', undefined]]]);
    expect(plain.seen).toEqual([]);
  });
});

function expired(): Record<string, string> {
  const { cert, key } = clientCertificate('keywright', { issuer: root, begins: -7_200_000, ends: -1000 });
  return { cert, key };
}

describe('a client certificate is shown to a destination that verifies it', () => {
  it.each<[SecureVersion, boolean]>([
    ['TLSv1.2', false],
    ['TLSv1.3', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ])('in %s, HTTP/2 on both sides: %s', async (version, http2) => {
    const server = await destination({ version, http2 });
    const proxy = await open({ port: server.port, fields: { cert: ours.cert, key: ours.key } });
    const answers: Seen[] = [];
    if (http2) {
      const session = await openHttp2(proxy, `${host}:443`);
      for (const path of ['/a', '/b'])
        answers.push(JSON.parse((await answerOf(session.request({ ':path': path }))).body) as Seen);
      session.destroy();
    } else for (let i = 0; i < 2; i += 1) answers.push(JSON.parse((await get(proxy)).text) as Seen);
    const one = { connection: 1, version: http2 ? '2.0' : '1.1', tls: version };
    expect(answers.map(({ connection, version: of, tls }) => ({ connection, version: of, tls }))).toEqual([one, one]);
    expect(server.seen.map(({ name }) => name)).toEqual(['keywright', 'keywright']);
    const uses = proxy.records().filter(({ kind }) => kind === 'use');
    expect(uses.map(({ injected }) => injected)).toEqual([['client certificate'], ['client certificate']]);
    expect(leaks(proxy, '')).toEqual([]);
  });

  it('through an upstream proxy, which is shown none', async () => {
    const server = await destination();
    const upstream = await startCorporateProxy(
      connectingTo(() => server.port),
      authority,
    );
    closing.push(() => upstream.close());
    const more = `upstream: { proxy: "https://127.0.0.1:${upstream.port}", proxy_ca_file: ./origin-ca.pem, ca_file: ./origin-ca.pem }`;
    const proxy = await open({ port: 0, fields: { cert: ours.cert, key: ours.key }, more });
    const { status } = await get(proxy);
    expect([status, server.seen[0]?.name, upstream.heads.length]).toEqual([200, 'keywright', 1]);
  });
});

describe('the key of a client certificate', () => {
  it('is masked where a destination repeats it, however its lines are put together', async () => {
    const { key } = ours;
    const inBase64 = keyLines(key).map((line) => Buffer.from(line).toString('base64'));
    const forms = [
      key,
      key.replaceAll('\n', '\r\n'),
      key.replaceAll('\n', ''),
      JSON.stringify({ key }),
      encodeURIComponent(key),
      inBase64.join('\n'),
    ];
    const server = await destination({ answer: (_, response) => void response.end(forms.join('\n\n')) });
    const proxy = await open({ port: server.port, fields: { cert: ours.cert, key } });
    const { status, text } = await get(proxy);
    expect([status, leaks(proxy, text), leaks(proxy, decodeURIComponent(text))]).toEqual([200, [], []]);
    expect(inBase64.filter((line) => text.includes(line))).toEqual([]);
    expect(proxy.alarms).toMatchObject([{ kind: 'credential_echoed' }]);
  });
});

describe('a certificate that its destination refuses', () => {
  const script = 'cat current.json; cp next.json current.json';
  const fromCommand = `from: exec, format: json, command: [sh, -c, "${script}"]`;

  it.each(['-tls1_2', '-tls1_3'])(
    'is replaced by what its source has now, and the request sent once more (%s)',
    async (tls) => {
      const server = await startOpensslServer(authority, [host], root.cert, [tls]);
      closing.push(() => server.close());
      const proxy = await open({ port: server.port, secret: fromCommand });
      write(proxy, 'current.json', stranger);
      write(proxy, 'next.json', ours);
      expect((await get(proxy)).status).toBe(200);
      expect(told(proxy)).toEqual(['use', 'end credential_refused', 'use', 'end ok 200']);
      expect([...leaks(proxy, ''), ...leaks(proxy, '', stranger.key)]).toEqual([]);
    },
  );

  it('is not shown again where the request must not be sent twice: the next one gets what its source has now', async () => {
    const server = await startOpensslServer(authority, [host], root.cert, ['-tls1_3']);
    closing.push(() => server.close());
    const proxy = await open({ port: server.port, secret: fromCommand });
    write(proxy, 'current.json', stranger);
    write(proxy, 'next.json', ours);
    expect((await get(proxy, `https://${host}`, { method: 'POST', body: 'pay' })).status).toBe(502);
    // Nobody waits for it: what was there before is used until it has come.
    while (!proxy.written().includes('"event":"rotated"')) await setImmediate();
    expect((await get(proxy)).status).toBe(200);
    expect(told(proxy)).toEqual(['use', 'end certificate_refused', 'use', 'end ok 200']);
  });

  it('is told to the operator in words, and its source is asked once a minute', async () => {
    const server = await startOpensslServer(authority, [host], root.cert, ['-tls1_3']);
    closing.push(() => server.close());
    const proxy = await open({
      port: server.port,
      secret: `from: exec, format: json, command: [sh, -c, "echo x >> runs; cat current.json"]`,
    });
    write(proxy, 'current.json', stranger);
    for (let times = 0; times < 3; times += 1) expect((await get(proxy)).status).toBe(502);
    const refused = ['certificate_refused', 'the destination sent the TLS alert "unknown CA"'];
    expect(refusals(proxy)).toEqual([refused, refused, refused]);
    expect(readFileSync(join(proxy.folder, 'runs'), 'utf8')).toBe('x\nx\n');
  });
});

const told = (proxy: TestProxy): string[] =>
  proxy
    .records()
    .filter(({ kind }) => ['use', 'end', 'refused'].includes(kind))
    .map(({ kind, code, status }) => [kind, code, status].filter(Boolean).join(' '));
