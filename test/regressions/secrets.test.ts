import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';
import { exchange, inTime, ok, outcome, told } from './world.js';

/** What stands where the secret should be; each is put on requests for a host of its own. */
const core = randomBytes(12).toString('hex');
const values: Record<string, string> = {
  crlf: `${core}\r\nX-Evil: 1`,
  lf: `${core}\nX`,
  cr: `${core}\rX`,
  nul: `${core}\0X`,
  latin: `${core}\xe9`,
  wide: `${core}\u2028`,
  leading: ` ${core}`,
  trailing: `${core}\t`,
  short: core.slice(0, 7),
  empty: '',
};
const names = Object.keys(values);
const late = join(tmpdir(), `keywright-test-${core}`);
const good = generatedSecret();
let arrived = '';
let answer = ok;
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  const hosts = [...names, 'file', 'good'].map((name) => `${name}.example.com`);
  origin = await startRawOrigin(authority, hosts, (socket) => {
    socket.on('data', (bytes) => {
      arrived += bytes.toString('latin1');
      socket.write(Buffer.from(answer, 'latin1'));
    });
  });
  proxy = await startProxy({
    authority,
    origins: Object.fromEntries(hosts.map((host) => [`${host}:443`, origin.port])),
    environment: { ...values, GOOD: good },
    yaml: `
secrets:
${names.map((name) => `  ${name}: { from: env, name: ${name}, hosts: [${name}.example.com] }`).join('\n')}
  file: { from: file, path: ${late}, hosts: [file.example.com] }
  good: { from: env, name: GOOD, hosts: [good.example.com] }
policies:
${[...names, 'file', 'good'].map((name) => `  - { name: ${name}, hosts: [${name}.example.com], inject: [{ place: header, name: x-key, template: "{${name}}" }] }`).join('\n')}
limits: { drain_timeout: 300ms }
`,
  });
});
afterAll(async () => {
  await inTime(proxy.close(), 4000);
  await origin.close();
});

async function ask(name: string): Promise<string> {
  arrived = '';
  const socket = await openSecureTunnel(proxy, `${name}.example.com:443`);
  return exchange(socket, `GET / HTTP/1.1\r\nHost: ${name}.example.com\r\n\r\n`);
}

describe('secret with CR/LF, NUL, non-ASCII or leading/trailing space fetched from a backend', () => {
  it.each(names)('is unusable, never sent, never printed: %s', async (name) => {
    const text = await ask(name);
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(outcome(text)).toBe('secret_unavailable');
    expect(arrived).toBe('');
    const part = core.slice(0, 7);
    expect([text, proxy.written(), told(proxy.reports)].filter((output) => output.includes(part))).toEqual([]);
  });
});

describe('backend down', () => {
  it('is 503, and over as soon as the secret is there', async () => {
    expect(outcome(await ask('file'))).toBe('secret_unavailable');
    expect(arrived).toBe('');
    writeFileSync(late, `${good}\n`, { mode: 0o600 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await ask('file')).toMatch(/^HTTP\/1\.1 200 /);
    expect(arrived).toContain(`x-key: ${good}\r\n`);
  });
});

describe('crash with a secret in the message', () => {
  it.each([
    [
      'two lengths',
      () => `HTTP/1.1 200 ${good}\r\nContent-Length: 2\r\nContent-Length: 3\r\nX-Echo: ${good}\r\n\r\n${good}`,
    ],
    ['no HTTP', () => `${good}\r\n\r\n`],
    ['a control character in a header', () => `HTTP/1.1 200 OK\r\nX-Echo: ${good}\x01\r\nContent-Length: 0\r\n\r\n`],
    ['NUL in a header', () => `HTTP/1.1 200 OK\r\nX-Echo: ${good}\0\r\nContent-Length: 0\r\n\r\n`],
    ['a header name that is none', () => `HTTP/1.1 200 OK\r\nX ${good}: 1\r\n\r\n`],
    ['a chunk size that is none', () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${good}\r\n${good}`],
    ['a header section without end', () => `HTTP/1.1 200 OK\r\n${`X-Echo: ${good}\r\n`.repeat(2500)}\r\n`],
    [
      'a trailer with a control character',
      () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-${good}: \x01\r\n\r\n`,
    ],
    [
      'an upgrade nobody asked for',
      () => `HTTP/1.1 101 ${good}\r\nUpgrade: ${good}\r\nConnection: Upgrade\r\n\r\n${good}`,
    ],
  ])('an answer that cannot be read tells nobody what it held: %s', async (_, bytes) => {
    answer = bytes();
    const before = proxy.reports.length;
    const text = await ask('good');
    answer = ok;
    expect(text).toMatch(/^$|^HTTP\/1\.1 (502|200) /);
    expect(proxy.reports.length).toBe(before + 1);
    const outputs = { caller: text, audit: proxy.written(), operator: told(proxy.reports.slice(before)) };
    expect(Object.entries(outputs).flatMap(([name, output]) => (output.includes(good) ? [name] : []))).toEqual([]);
  });
});

describe('scrubber turned against the user', () => {
  const body = (bytes: Buffer, ...lines: string[]): string =>
    `HTTP/1.1 200 OK\r\n${['Content-Type: application/octet-stream', ...lines, `Content-Length: ${bytes.length}`].join('\r\n')}\r\n\r\n${bytes.toString('latin1')}`;
  const nearly = good.slice(0, -1);

  it.each([
    ['all but its last byte, many times', () => Buffer.from(`${nearly}#`.repeat(400))],
    ['all but its first byte', () => Buffer.from(good.slice(1).repeat(200))],
    ['its bytes the other way round', () => Buffer.from(Array.from(good).reverse().join(''))],
    ['in another case', () => Buffer.from(`${good.toUpperCase()}${good.toLowerCase()}`)],
    ['escapes of everything else', () => Buffer.from('\\u0041&amp;%41%%%&#&#x;\\\\u\\'.repeat(300))],
    ['256 KiB by chance', () => randomBytes(256 * 1024)],
  ])('lets through, to the byte: %s', async (_, bytes) => {
    const sent = bytes();
    answer = body(sent, `ETag: "${nearly}"`, `Digest: sha-256=${Buffer.from(nearly).toString('base64')}`);
    arrived = '';
    const socket = await openSecureTunnel(proxy, 'good.example.com:443');
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.write('GET / HTTP/1.1\r\nHost: good.example.com\r\n\r\n');
    const bodySoFar = (): number => {
      const whole = Buffer.concat(pieces);
      const end = whole.indexOf('\r\n\r\n');
      return end === -1 ? -1 : whole.length - end - 4;
    };
    while (bodySoFar() < sent.length) await new Promise((resolve) => socket.once('data', resolve));
    answer = ok;
    const whole = Buffer.concat(pieces);
    socket.destroy();
    const text = whole.toString('latin1');
    expect(text.slice(text.indexOf('\r\n\r\n') + 4) === sent.toString('latin1')).toBe(true);
    expect(text).toContain(`ETag: "${nearly}"\r\n`);
    expect(proxy.records().at(-1)).not.toMatchObject({ masked: 1 });
  });
});
