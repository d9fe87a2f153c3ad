import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { javaTrustStore } from '../../src/adopt/java-trust-store.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret } from '../support/proxy.js';
import { recordsIn, startServe, type Serving } from '../support/serve.js';
import { clients, has, keywrightRun, type Ended } from '../support/run.js';
import { execute, pairedUses, placeholderOf, routeThrough, usesOf, type Route } from './served.js';

jest.setTimeout(120_000);

const host = 'service.example.com';
const url = `https://${host}/things`;
const authority = testAuthority();
const secret = generatedSecret();

/** A client in another language, which asks by GET and by POST with the token of SERVICE_API_KEY. */
interface Client {
  readonly name: string;
  readonly needs: readonly [command: string, ...args: string[]];
  readonly build?: () => void;
  readonly command: (...urls: string[]) => readonly [string, ...string[]];
  /** How its user says where the proxy is, and what to trust. */
  readonly settings: (route: Route) => Readonly<Record<string, string>>;
}

let folder: string;
let origin: Origin;

const table: readonly Client[] = [
  {
    name: "Go's net/http",
    needs: ['go', 'version'],
    build() {
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };
      const args = ['build', '-o', join(folder, 'fetch'), `${clients}fetch.go`];
      const { status, stderr } = spawnSync('go', args, { encoding: 'utf8', timeout: 110_000, cwd: folder, env });
      if (status !== 0) throw new Error(`go does not build: ${stderr}`);
    },
    command: (...urls) => [join(folder, 'fetch'), ...urls],
    settings: ({ proxyUrl, trustFile }) => ({ HTTPS_PROXY: proxyUrl, SSL_CERT_FILE: trustFile }),
  },
  {
    name: "Java's HttpClient",
    // Older ones do not start a program from its source.
    needs: ['java', '--source', '17', '--version'],
    command: (...urls) => ['java', '-XX:TieredStopAtLevel=1', `${clients}Fetch.java`, ...urls],
    settings: ({ proxyUrl, trustPem }) => {
      const store = join(folder, 'trusted.jks');
      writeFileSync(store, javaTrustStore([new X509Certificate(trustPem).raw], Date.now()));
      const options = [
        // Java sends no password in a CONNECT as it comes.
        '-Djdk.http.auth.tunneling.disabledSchemes=',
        `-Djavax.net.ssl.trustStore=${store}`,
        '-Djavax.net.ssl.trustStoreType=JKS',
        '-Djavax.net.ssl.trustStorePassword=changeit',
      ];
      return { PROXY_URL: proxyUrl, JAVA_TOOL_OPTIONS: options.join(' ') };
    },
  },
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-compiled-'));
  origin = await startOrigin(authority, [host], (request, response) => {
    void buffer(request).then(({ length }) => {
      const known = request.headers['x-api-key'] === secret;
      response.writeHead(known ? 200 : 401).end(known ? `${request.method ?? ''} of ${length} bytes` : 'who are you?');
    });
  });
});
afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

const rules = [
  `secrets: { service: { from: env, name: SERVICE_API_KEY, hosts: [${host}] } }`,
  `policies: [{ name: service, hosts: [${host}], inject: [{ place: header, name: x-api-key, template: "{service}", mode: substitute }] }]`,
  'placeholder_key_file: ./placeholder.key',
].join('\n');

function expectOpened({ code, stdout, stderr }: Ended): void {
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const answers = (JSON.parse(stdout) as string[]).sort();
  expect(answers).toEqual(['200 GET of 0 bytes', '200 POST of 100000 bytes']);
  expect(stdout + stderr).not.toContain(secret);
}

function expectKeys(): void {
  expect(origin.seen).toHaveLength(2);
  for (const { rawHeaders } of origin.seen) expect(rawHeaders).toContain(secret);
}

for (const client of table) {
  const where = has(...client.needs) ? describe : describe.skip;
  where(client.name, () => {
    let serving: Serving;
    beforeAll(async () => {
      client.build?.();
      const origins = { [`${host}:443`]: origin.port };
      serving = await startServe({ authority, origins, yaml: rules, environment: { SERVICE_API_KEY: secret } });
    });
    afterAll(() => serving.close());

    async function throughServe(route: Route, SERVICE_API_KEY: string): Promise<Ended> {
      origin.seen.length = 0;
      const env = { ...route.shell, ...client.settings(route), SERVICE_API_KEY };
      return execute(client.command(url), { env, cwd: folder });
    }

    it('without the right password is refused by serve (407), and nothing arrives', async () => {
      const route = routeThrough(serving);
      const outcome = await throughServe({ ...route, proxyUrl: route.proxyUrl.replace(/:[^:@]+@/, ':wrong@') }, 'x');
      expect(outcome.code).toBe(1);
      expect(outcome.stdout).toBe('');
      expect(outcome.stderr).toMatch(/proxy auth|407|too many authentication attempts/i);
      expect(origin.seen).toEqual([]);
    });

    it('gets its credential through serve, with Basic to the proxy, for a placeholder', async () => {
      expectOpened(await throughServe(routeThrough(serving), await placeholderOf(serving, 'service')));
      expectKeys();
      expect(await usesOf(serving)).toHaveLength(2);
    });

    it('gets its credential under run, with nothing to set', async () => {
      origin.seen.length = 0;
      const config = join(folder, 'run.yaml');
      writeFileSync(join(folder, 'origin-ca.pem'), authority.certificatePem);
      const destination = `{ address: "127.0.0.1:${origin.port}", ca_file: ./origin-ca.pem }`;
      const dir = `./audit-${client.needs[0]}`;
      const rest = [`audit: [{ type: file, dir: ${dir} }]`, 'run: { env: { SERVICE_API_KEY: service } }'];
      const text = ['version: 1', `destinations: { ${host}: ${destination} }`, ...rest, rules, ''];
      writeFileSync(config, text.join('\n'), { mode: 0o600 });
      const environment = { SERVICE_API_KEY: secret };
      expectOpened(await keywrightRun(client.command(url), { folder, config, environment }));
      expectKeys();
      expect(pairedUses(recordsIn(join(folder, dir)))).toHaveLength(2);
    });
  });
}
