import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { exchange, inTime, told } from '../regressions/world.js';
import { testAuthority } from '../support/certificates.js';
import { startCorporateProxy, type CorporateProxy } from '../support/corporate-proxy.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

export const api = 'api.example.com';
export const secret = generatedSecret();
export const password = `pr0xy-${randomBytes(15).toString('base64url')}`;
export const authority = testAuthority();
export const corporate = testAuthority('Corporate CA');
const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
const passwordFile = join(folder, 'password');
export const corporateCa = join(folder, 'corporate.pem');
/** What ends with the test, in reverse. */
export const closing: (() => Promise<unknown>)[] = [];

/** The destinations: over TLS, and in the clear. */
export const origins = {} as { secure: Origin; plain: Origin };

/** To be called once in a test file: starts the destinations, and ends what a test started. */
export function behindProxy(): void {
  beforeAll(async () => {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    writeFileSync(corporateCa, corporate.certificatePem);
    origins.secure = await startOrigin(authority, [api, '10.1.2.3', 'app.internal']);
    origins.plain = await startOrigin(undefined, []);
  });
  afterAll(async () => {
    await origins.secure.close();
    await origins.plain.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await inTime(close(), 5000);
    origins.secure.seen.length = 0;
  });
}

export async function corp(...args: Parameters<typeof startCorporateProxy>): Promise<CorporateProxy> {
  const proxy = await startCorporateProxy(...args);
  closing.push(() => proxy.close());
  return proxy;
}

interface Setup {
  readonly port: number;
  readonly scheme?: string;
  /** More keys of `upstream`. */
  readonly upstream?: string;
  readonly destinations?: string;
  readonly limits?: string;
}

/** Keywright behind a corporate proxy on this port, with that proxy's credentials. */
export async function behind(setup: Setup): Promise<TestProxy> {
  const { port, scheme = 'http', upstream = '', destinations = '{}', limits = '' } = setup;
  const hosts = `["${api}", "${api}:80", "*.internal", "*.corp", "printer", "*.localhost", "localhost:${origins.plain.port}", "10.1.2.3", "127.0.0.9", "169.254.169.254", "[fd00:ec2::254]", "8.8.8.8", "metadata.goog"]`;
  const proxy = await startProxy({
    origins: {},
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: ["${api}", "app.internal", "10.1.2.3"] } }
upstream:
  proxy: ${scheme}://127.0.0.1:${port}
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

/** A request inside a tunnel to the host of the authority. */
export async function inside(proxy: TestProxy, to: string): Promise<string> {
  const host = to.replace(/:443$/, '');
  return exchange(await openSecureTunnel(proxy, to), `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}

/** A request in absolute form. */
export async function absolute(proxy: TestProxy, url: string): Promise<string> {
  const { host } = new URL(url);
  return exchange(
    connect(proxy.port, '127.0.0.1'),
    `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\n`,
  );
}

/** What must be nowhere: in no answer, no report with all its causes, no audit record. */
export function leaks(proxy: TestProxy, ...texts: string[]): string[] {
  const all = [...texts, told(proxy.reports), proxy.written()].join('\n');
  const forms = [secret, password, Buffer.from(`keywright:${password}`).toString('base64')];
  return forms.filter((form) => all.includes(form));
}
