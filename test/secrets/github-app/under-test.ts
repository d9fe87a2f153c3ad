import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.js';
import type { Source } from '../../../src/secrets/index.js';
import { githubAppSource } from '../../../src/secrets/github-app.js';
import { reveal, seal } from '../../../src/secrets/seal.js';
import { startBackend, type BackendServer } from '../backend-server.js';
import { fetchContext, sourceContext, whyUnavailable } from '../context.js';
import { appKeys, fakeGitHub, type FakeApp, type FakeGitHub } from '../fakes/github.js';

export const keys = appKeys();

/** An app that is installed at one organisation. */
export function acme(more: Partial<FakeApp> = {}): FakeApp {
  const repositories = [
    { id: 1, name: 'acme/site' },
    { id: 2, name: 'acme/api' },
  ];
  const permissions = { contents: 'write', issues: 'read' } as const;
  const installation = { id: 7, account: 'acme', type: 'Organization', repositories, permissions } as const;
  return { appId: 12, clientId: 'Iv23liAcme', publicKey: keys.publicKey, installations: [installation], ...more };
}

let server: BackendServer | undefined;

/** For `afterEach`. */
export async function stop(): Promise<void> {
  await server?.close();
  server = undefined;
}

export async function start(
  apps: readonly FakeApp[] = [acme()],
): Promise<{ readonly server: BackendServer; readonly fake: FakeGitHub }> {
  const fake = fakeGitHub(apps);
  server = await startBackend(fake.handler);
  return { server, fake };
}

export const narrow = { repositories: ['acme/site'], permissions: { contents: 'read' } };

/** A source of these options, as the configuration makes it. */
export function make(at: BackendServer, more: object = narrow, name = 'app', trust = at.caFile): Source {
  const address = `${at.address}/api/v3`;
  const options = z
    .strictObject(githubAppSource.options)
    .parse({ app_id: 12, private_key: 'key', address, ca_file: trust, ...more });
  return githubAppSource.make(options, sourceContext({ name, clock: systemClock }));
}

/** What a fetch is given: the private key. */
export function withKey(pem = keys.pkcs1): Parameters<typeof fetchContext>[0] {
  return { secrets: { key: seal('key', pem) } };
}

export async function valueOf(source: Source, pem?: string): Promise<string> {
  const { fields } = await source.fetch(fetchContext(withKey(pem)));
  return reveal(fields['value']!);
}

/** Why it was refused. */
export function why(source: Source, pem?: string): Promise<string> {
  return whyUnavailable(source.fetch(fetchContext(withKey(pem))));
}

/** What was asked, less the base of the API. */
export function paths(at: BackendServer): string[] {
  return at.requests.map(({ method, path }) => `${method} ${path.slice('/api/v3'.length)}`);
}
