import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import type { Origin } from '../support/origin.js';
import { startServe, type Serving } from '../support/serve.js';
import { packageName, startPackageServer } from './package-server.js';
import { has, keywrightRun, python, type Ended } from '../support/run.js';
import { execute, routeThrough, usesOf } from './served.js';

jest.setTimeout(60_000);

const host = 'packages.example.com';
const elsewhere = 'elsewhere.example.com';
const authority = testAuthority();

/** A package client, which is told what to trust: the CA of its registry, not that of the proxy. */
interface Client {
  readonly name: string;
  readonly needs: readonly [command: string, ...args: string[]];
  readonly command: (registry: string, into: string, trustFile?: string) => readonly [string, ...string[]];
  /** No settings of this machine, and nothing but the registry to ask. */
  readonly settings: (folder: string) => Readonly<Record<string, string>>;
  readonly expectFetched: (into: string) => void;
}

const table: readonly Client[] = [
  {
    name: 'npm install',
    needs: ['npm', '--version'],
    command: (registry, into, trustFile) => {
      const options = [
        '--registry',
        `https://${registry}/`,
        ...(trustFile === undefined ? [] : ['--cafile', trustFile]),
        '--prefix',
        into,
      ];
      return ['npm', 'install', '--no-audit', '--no-fund', '--fetch-retries', '0', ...options, packageName];
    },
    settings: (folder) => ({
      npm_config_userconfig: join(folder, 'no-npmrc'),
      npm_config_globalconfig: join(folder, 'no-global-npmrc'),
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_update_notifier: 'false',
    }),
    expectFetched(into) {
      const lock = readFileSync(join(into, 'package-lock.json'), 'utf8');
      expect(lock).toContain(`https://${host}/${packageName}/-/`);
      expect(readFileSync(join(into, 'node_modules', packageName, 'index.js'), 'utf8')).toContain('installed');
    },
  },
  {
    name: 'pip download',
    needs: [python, '-m', 'pip', '--version'],
    command: (registry, into, trustFile) => {
      const options = [
        '--index-url',
        `https://${registry}/simple/`,
        ...(trustFile === undefined ? [] : ['--cert', trustFile]),
        '--dest',
        into,
      ];
      return [
        python,
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--no-cache-dir',
        '--retries',
        '0',
        ...options,
        packageName,
      ];
    },
    settings: () => ({ PIP_CONFIG_FILE: '/dev/null', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' }),
    expectFetched(into) {
      const [name = ''] = readdirSync(into);
      expect(name).toMatch(/\.whl$/);
      expect(digestOf(join(into, name))).toBe(digestOf(join(folder, name)));
    },
  },
];

let folder: string;
let origin: Origin;
let serving: Serving;
let trustFile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-packages-'));
  trustFile = join(folder, 'registry-ca.pem');
  writeFileSync(trustFile, authority.certificatePem);
  origin = await startPackageServer(authority, host, folder);
});
afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  origin.seen.length = 0;
  serving = await startServe({
    authority,
    origins: { [`${host}:443`]: origin.port, [`${elsewhere}:443`]: origin.port },
    yaml: `policies: [{ name: packages, hosts: [${host}], action: tunnel }]`,
  });
});

afterEach(() => serving.close());

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

for (const client of table) {
  const where = has(...client.needs) ? describe : describe.skip;
  where(`${client.name} through a tunnel`, () => {
    async function fetchFrom(registry: string): Promise<{ readonly outcome: Ended; readonly into: string }> {
      const into = mkdtempSync(join(folder, 'into-'));
      const { proxyUrl, shell } = routeThrough(serving);
      const env = { ...shell, ...client.settings(folder), HTTPS_PROXY: proxyUrl };
      const outcome = await execute(client.command(registry, into, trustFile), { env, cwd: folder });
      return { outcome, into };
    }

    it('to a host that no policy names is refused, and nothing arrives', async () => {
      const { outcome } = await fetchFrom(elsewhere);
      expect(outcome.code).toBe(1);
      expect(origin.seen).toEqual([]);
      expect(await usesOf(serving)).toEqual([]);
      // Not every client says why: this is what its user finds out with `keywright audit`.
      expect(serving.records()).toContainEqual(
        expect.objectContaining({ kind: 'refused', code: 'no_policy', method: 'CONNECT', host: elsewhere }),
      );
    });

    it('gets its package, and sees the certificate of the registry itself', async () => {
      const { outcome, into } = await fetchFrom(host);
      expect(outcome).toMatchObject({ code: 0 });
      client.expectFetched(into);
      const uses = await usesOf(serving);
      expect(uses.length).toBeGreaterThan(0);
      for (const use of uses) {
        expect(use).toMatchObject({ decision: 'tunnel', method: 'CONNECT', host, secrets: [], injected: [] });
      }
      // Who it is to the proxy is not for the registry.
      for (const { rawHeaders } of origin.seen) expect(rawHeaders.join(' ')).not.toMatch(/proxy-auth/i);
    });

    it('gets its package under run, where the registry is one of `run.registries`', async () => {
      const into = mkdtempSync(join(folder, 'into-'));
      const config = join(folder, 'run.yaml');
      const rest = [`run: { registries: [${host}] }`, 'audit: [{ type: file, dir: ./audit }]'];
      const text = ['version: 1', `destinations: { ${host}: { address: "127.0.0.1:${origin.port}" } }`, ...rest, ''];
      writeFileSync(config, text.join('\n'), { mode: 0o600 });
      // A company's own CA is known to its users' programs by this, and `run` hands it on to those that read another one.
      const environment = { ...client.settings(folder), NODE_EXTRA_CA_CERTS: trustFile };
      const outcome = await keywrightRun(client.command(host, into), { folder, config, environment });
      expect({ code: outcome.code, stderr: outcome.code === 0 ? '' : outcome.stderr }).toEqual({ code: 0, stderr: '' });
      client.expectFetched(into);
    });
  });
}
