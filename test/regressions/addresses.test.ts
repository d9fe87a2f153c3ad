import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo } from 'node:net';
import type dnsPromises from 'node:dns/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { createApp } from '../../src/app.js';
import type { Report } from '../../src/proxy/services.js';

/** What the resolver of this process answers, name by name; every question is written down. */
const answers: Record<string, readonly string[]> = {};
const asked: string[] = [];
const dns = createRequire(import.meta.url)('node:dns/promises') as { lookup: typeof dnsPromises.lookup };
const resolver = dns.lookup;
dns.lookup = ((host: string) => {
  asked.push(host);
  const found = answers[host];
  if (found === undefined) return Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
}) as typeof dns.lookup;

/** Each address of this machine, IPv4 inside IPv6 and with a zone id too. */
const machine = Object.values(networkInterfaces())
  .flatMap((list) => (list ?? []).map(({ address }) => address))
  .flatMap((address) => [address, address.includes(':') ? `${address}%1` : `::ffff:${address}`]);

const secret = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const token = randomBytes(32).toString('base64url');
const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
let app: ReturnType<typeof createApp>;
let port: number;
/** Where we listen on every address of this machine. */
let everywhere: number;
const reports: Report[] = [];
let origin: ReturnType<typeof createServer>;
let originPort: number;
let touched = 0;

beforeAll(async () => {
  // Imported only now, so that the resolver is ours before anything takes hold of the system's.
  const { createApp } = await import('../../src/app.js');
  const { parseConfig } = await import('../../src/config/load.js');
  const { keyedPlaceholders } = await import('../../src/inject/placeholder.js');
  origin = createServer((socket) => {
    touched += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  originPort = (origin.address() as AddressInfo).port;
  [port, everywhere] = [await freePort('127.0.0.1'), await freePort('0.0.0.0')];
  const hosts = [
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '"[::1]"',
    '"[::]"',
    '"[::ffff:127.0.0.1]"',
    '"[64:ff9b::7f00:1]"',
    'localhost',
    'self.example.com',
  ];
  const config = parseConfig(
    `
version: 1
listen: { proxy: ["127.0.0.1:${port}", "0.0.0.0:${everywhere}"], unsafe_plain_listener: true }
ca: { mode: memory }
audit: [{ type: file, dir: ./audit }]
clients: [{ name: desk, token_sha256: ${createHash('sha256').update(token).digest('hex')} }]
secrets:
  api: { from: env, name: TOKEN, hosts: ["*.victim.example.com"] }
destinations:
  "static.example.com:80": { address: "127.0.0.1:${port}" }
  "mapped.example.com:80": { address: "[::ffff:127.0.0.1]:${port}" }
  "inside.victim.example.com": { allow_private: true }
${machine.map((_, index) => `  "m${index}.example.com:${everywhere}": { allow_private: true }`).join('\n')}
  "loop.example.com:80": { address: "127.0.0.9:${everywhere}" }
  "looped.example.com:80": { address: "[::ffff:127.0.0.9]:${everywhere}" }
policies:
  - { name: here, hosts: [${hosts.flatMap((host) => [`"${host.replaceAll('"', '')}:${port}"`, `"${host.replaceAll('"', '')}:${originPort}"`]).join(', ')}] }
  - { name: static, hosts: ["static.example.com:80", "mapped.example.com:80", "loop.example.com:80", "looped.example.com:80"] }
  - { name: machine, hosts: ["*.example.com:${everywhere}"] }
  - { name: tunnel, hosts: [blind.example.com], action: tunnel }
  - name: victim
    hosts: ["*.victim.example.com"]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { drain_timeout: 300ms, address_lifetime: 250ms }
`,
    join(folder, 'keywright.yaml'),
  );
  const placeholders = keyedPlaceholders(randomBytes(32), ['desk'], new Map([['api', undefined]]));
  app = createApp({
    config,
    placeholders,
    environment: { TOKEN: secret },
    version: 'test',
    report: (report) => reports.push(report),
    alarm: () => undefined,
  });
  await app.start();
});

afterAll(async () => {
  dns.lookup = resolver;
  await app.drain();
  origin.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  asked.length = 0;
  touched = 0;
});

/** A port for ourselves that the configuration can name beforehand. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}

async function ask(line: string, host: string): Promise<string> {
  const { exchange } = await import('./world.js');
  const authorization = Buffer.from(`desk:${token}`).toString('base64');
  return exchange(
    connect(port, '127.0.0.1'),
    `${line} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: Basic ${authorization}\r\n\r\n`,
    /\}\n$/,
  );
}

describe('DNS answers private, loopback, link-local, CGNAT, multicast, metadata, IPv4 inside IPv6', () => {
  const bad =
    '127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 169.254.0.1 168.63.129.16 100.64.0.1 100.100.100.200 224.0.0.1 255.255.255.255 0.0.0.0 ' +
    '::1 :: fe80::1 fd00::1 fd00:ec2::254 ff02::1 ::ffff:169.254.169.254 ::ffff:a00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2001:0:7f00:1::80ff:fffe ::127.0.0.1';

  it.each(bad.split(' '))('%s is refused, and nothing is dialled', async (address) => {
    const name = `h${createHash('sha256').update(address).digest('hex').slice(0, 12)}.victim.example.com`;
    answers[name] = [address];
    expect(await ask(`GET https://${name}/`, name)).toMatch(/^HTTP\/1\.1 403 [^]*"code":"address_refused"/);
    answers[`mixed-${name}`] = ['8.8.8.8', address];
    expect(await ask(`GET https://mixed-${name}/`, `mixed-${name}`)).toMatch(
      /^HTTP\/1\.1 403 [^]*"code":"address_refused"/,
    );
  });

  it.each(['169.254.169.254', '127.0.0.1', 'fd00:ec2::254', '::ffff:127.0.0.1'])(
    '%s is refused where private addresses are allowed too',
    async (address) => {
      answers['inside.victim.example.com'] = [address];
      await new Promise((resolve) => setTimeout(resolve, 1050));
      expect(await ask('GET https://inside.victim.example.com/', 'inside.victim.example.com')).toMatch(
        /^HTTP\/1\.1 403 [^]*"address_refused"/,
      );
    },
  );

  it('for a blind tunnel is refused before it is answered 200', async () => {
    answers['blind.example.com'] = ['10.0.0.1'];
    expect(await ask('CONNECT blind.example.com:443', 'blind.example.com:443')).toMatch(
      /^HTTP\/1\.1 403 [^]*"address_refused"/,
    );
  });
});

describe('DNS rebinding between check and dial', () => {
  it('looks up once for a burst, and looks at the new answer once the old one has passed', async () => {
    const name = 'rebound.victim.example.com';
    answers[name] = ['10.0.0.1'];
    const burst = await Promise.all(Array.from({ length: 20 }, () => ask(`GET https://${name}/`, name)));
    expect(burst.filter((text) => !text.includes('address_refused'))).toEqual([]);
    expect(asked).toEqual([name]);
    answers[name] = ['127.0.0.1'];
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await ask(`GET https://${name}/`, name)).toContain('address_refused');
    expect(asked).toEqual([name, name]);
  });
});

describe('<data>.denied.example to leak by DNS', () => {
  it.each([
    'GET http://stolen-data.denied.example/',
    'GET https://stolen-data.denied.example/',
    'CONNECT stolen-data.denied.example:443',
    'CONNECT stolen-data.victim.example.com:8443',
  ])('is decided before any look-up: %s', async (line) => {
    const host = /[\w-]+(\.[a-z]+)+(:\d+)?/.exec(line.replace(/^\w+ (https?:\/\/)?/, ''))?.[0] ?? '';
    expect(await ask(line, host)).toMatch(/^HTTP\/1\.1 403 [^]*"code":"no_policy"/);
    expect(asked).toEqual([]);
  });
});

describe('the proxy asked to connect to itself, or to what else listens on this machine', () => {
  const spellings = [
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'self.example.com',
  ];

  it.each(spellings)('as %s is refused though a policy allows it', async (host) => {
    answers['localhost'] = ['127.0.0.1', '::1'];
    answers['self.example.com'] = ['0.0.0.0'];
    for (const at of [port, originPort]) {
      expect(await ask(`GET http://${host}:${at}/`, `${host}:${at}`)).toMatch(
        /^HTTP\/1\.1 403 [^]*"code":"address_refused"/,
      );
    }
    expect(touched).toBe(0);
  });

  it.each(['static.example.com', 'mapped.example.com'])('as the static address of %s is refused too', async (host) => {
    expect(await ask(`GET http://${host}/`, host)).toMatch(/^HTTP\/1\.1 403 [^]*"code":"address_refused"/);
  });

  it.each(machine.map((address, index) => [address, `m${index}.example.com`]))(
    'as this machine under a name that resolves to %s is refused where we listen everywhere',
    async (address, name) => {
      answers[name] = [address];
      expect(await ask(`GET http://${name}:${everywhere}/`, `${name}:${everywhere}`)).toMatch(
        /^HTTP\/1\.1 403 [^]*"code":"address_refused"/,
      );
      expect(reports.at(-1)?.reason).toBe('the address is this proxy itself');
    },
  );

  it.each(['loop.example.com', 'looped.example.com'])(
    'as any loopback address, given as the static one of %s, is refused where we listen everywhere',
    async (host) => {
      expect(await ask(`GET http://${host}/`, host)).toMatch(/^HTTP\/1\.1 403 [^]*"code":"address_refused"/);
      expect(reports.at(-1)?.reason).toBe('the address is this proxy itself');
    },
  );
});
