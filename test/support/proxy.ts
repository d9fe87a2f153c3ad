import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ProxyAgent } from 'undici';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config/load.js';
import { keyedPlaceholders, type Placeholders } from '../../src/inject/placeholder.js';
import type { Settings } from '../../src/generation.js';
import type { Alarm, Report } from '../../src/proxy/services.js';
import type { App, Reloaded } from '../../src/running-app.js';
import type { TestAuthority } from './certificates.js';

/** A secret that no other test or run has: what is searched for in every output. */
export function generatedSecret(): string {
  return `s3cr3t-${randomBytes(18).toString('base64url')}`;
}

export interface TestProxy {
  readonly port: number;
  readonly folder: string;
  readonly trustPem: string;
  /** The value of Proxy-Authorization for the client `desk`. */
  readonly authorization: string;
  readonly url: string;
  readonly placeholders: Placeholders;
  /** What the operator got to read. */
  readonly reports: Report[];
  /** What pointed at a leak. */
  readonly alarms: Alarm[];
  /** Every audit record so far, in order. */
  records(): AuditRecord[];
  /** Everything Keywright wrote to its audit files, as one text. */
  written(): string;
  agent(): ProxyAgent;
  readonly app: App;
  /** Goes on with these sections instead of those of the setup. `meanwhile` is called when it has begun. */
  reload(yaml: string, meanwhile?: () => void): Promise<Reloaded>;
  close(): Promise<void>;
}

export type AuditRecord = Readonly<Record<string, unknown>> & { readonly kind: string; readonly id?: string };

export interface ProxySetup {
  /** `host:port` of the destination → port on 127.0.0.1 where it really is. */
  readonly origins: Readonly<Record<string, number>>;
  readonly authority?: TestAuthority;
  /** YAML of the sections secrets, policies, deny, limits … */
  readonly yaml: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly listenerFor?: string;
  /** The `ca` section; in memory where left out. */
  readonly ca?: string;
}

/** A whole Keywright in this process on a free port, with one client, `desk`. */
export async function startProxy(setup: ProxySetup): Promise<TestProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  const token = randomBytes(32).toString('base64url');
  const caFile = join(folder, 'origin-ca.pem');
  if (setup.authority !== undefined) writeFileSync(caFile, setup.authority.certificatePem);
  const key = randomBytes(32);
  const settingsOf = (yaml: string): Settings => {
    const parsed = parseConfig(configText({ ...setup, yaml }, token, caFile), join(folder, 'keywright.yaml'));
    // Tests read the log as soon as they have an answer.
    const config = { ...parsed, limits: { ...parsed.limits, auditDelay: 0 } };
    const shapes = new Map(Array.from(config.secrets, ([name, { placeholder }]) => [name, placeholder] as const));
    const clients = config.clients.map(({ name }) => name);
    return { config, placeholders: keyedPlaceholders(key, clients, shapes) };
  };
  const settings = settingsOf(setup.yaml);
  const { placeholders } = settings;
  const reports: Report[] = [];
  const alarms: Alarm[] = [];
  const app = createApp({
    ...settings,
    environment: setup.environment ?? {},
    version: 'test',
    report: (report) => reports.push(report),
    alarm: (alarm) => alarms.push(alarm),
    ...(setup.listenerFor === undefined ? {} : { listenerFor: setup.listenerFor }),
  });
  const { proxy } = await app.start();
  const [address] = proxy;
  if (address?.transport !== 'tcp') throw new TypeError('the test proxy listens on TCP');
  const audit = join(folder, 'audit');
  const files = (): string[] =>
    readdirSync(audit)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => readFileSync(join(audit, name), 'utf8'));
  return {
    app,
    reload: (yaml, meanwhile = () => undefined) =>
      app.reload(() => {
        meanwhile();
        return settingsOf(yaml);
      }),
    folder,
    placeholders,
    reports,
    alarms,
    port: address.port,
    trustPem: app.trustPem,
    authorization: `Basic ${Buffer.from(`desk:${token}`).toString('base64')}`,
    url: `http://desk:${token}@127.0.0.1:${address.port}`,
    records: () =>
      files().flatMap((text) =>
        text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as AuditRecord),
      ),
    written: () => files().join('\n'),
    agent() {
      const auth = `Basic ${Buffer.from(`desk:${token}`).toString('base64')}`;
      return new ProxyAgent({ uri: `http://127.0.0.1:${address.port}`, token: auth, requestTls: { ca: app.trustPem } });
    },
    async close() {
      await app.drain();
      rmSync(folder, { recursive: true });
    },
  };
}

function configText(
  { origins, authority, yaml, ca = '{ mode: memory }' }: ProxySetup,
  token: string,
  caFile: string,
): string {
  const destinations = Object.entries(origins).map(
    ([name, port]) =>
      `  "${name}": { address: "127.0.0.1:${port}"${authority === undefined ? '' : `, ca_file: ${JSON.stringify(caFile)}`} }`,
  );
  return [
    'version: 1',
    ...(/^listen:/m.test(yaml) ? [] : ['listen: { proxy: ["127.0.0.1:0"] }']),
    `ca: ${ca}`,
    ...(/^audit:/m.test(yaml) ? [] : ['audit: [{ type: file, dir: ./audit }]']),
    `clients: [{ name: desk, token_sha256: ${createHash('sha256').update(token).digest('hex')} }]`,
    ...(destinations.length > 0 ? ['destinations:', ...destinations] : []),
    yaml,
  ].join('\n');
}

/** A connection to the proxy that has sent CONNECT and read the answer to it. */
export async function openTunnel(
  proxy: Pick<TestProxy, 'port' | 'authorization'>,
  authority: string,
  more: readonly string[] = [],
): Promise<{ socket: Socket; answer: string }> {
  const socket = connect(proxy.port, '127.0.0.1');
  const fields = [`Host: ${authority}`, `Proxy-Authorization: ${proxy.authorization}`, ...more];
  socket.write([`CONNECT ${authority} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
  const answer = await readHead(socket);
  return { socket, answer };
}

/** A TLS connection through the proxy to the host of the authority, trusting Keywright's CA. */
export async function openSecureTunnel(proxy: TestProxy, authority: string, servername?: string): Promise<TLSSocket> {
  const { socket, answer } = await openTunnel(proxy, authority);
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`CONNECT was answered ${answer.split('\r\n', 1)[0] ?? ''}`);
  const host = authority.replace(/:\d+$/, '');
  const secure = connectTls({
    socket,
    servername: servername ?? host,
    ca: proxy.trustPem,
    checkServerIdentity: () => undefined,
  });
  await once(secure, 'secureConnect');
  return secure;
}

/** Reads up to the end of one header section. */
export async function readHead(socket: Socket): Promise<string> {
  let text = '';
  while (!text.includes('\r\n\r\n')) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      if (socket.readableEnded || socket.destroyed) return text;
      await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
      continue;
    }
    text += chunk.toString('latin1');
  }
  const end = text.indexOf('\r\n\r\n') + 4;
  if (text.length > end) socket.unshift(Buffer.from(text.slice(end), 'latin1'));
  return text.slice(0, end);
}

/** Sends literal bytes and reads until the other side closes, or until `until` is seen. */
export async function converse(socket: Socket, bytes: string | Buffer, until?: RegExp): Promise<string> {
  let text = '';
  socket.on('error', () => undefined);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('data', onData).off('close', done);
      resolve(text);
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) done();
    };
    socket.on('data', onData).once('close', done).once('end', done);
  });
}
