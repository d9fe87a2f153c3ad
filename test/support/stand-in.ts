import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testAuthority } from './certificates.js';
import { startOrigin, type Origin } from './origin.js';
import { writeRunConfig } from './run-config.js';

/** A local stand-in for the services that the clients of this folder call, and the configuration that leads there. */
export interface StandIn {
  readonly origin: Origin;
  readonly folder: string;
  /** A configuration with nothing but `destinations` and the audit folder: all the rest is what `run` makes of the catalogue. */
  readonly config: string;
  close(): Promise<void>;
}

export const hosts = [
  'api.github.com',
  'api.stripe.com',
  'api.search.brave.com',
  'api.notion.com',
  'collector.example.com',
] as const;

/** Answers with 200 where the request carries one of the credentials, with 401 where it does not. */
export async function startStandIn(credentials: readonly string[]): Promise<StandIn> {
  const authority = testAuthority();
  const origin = await startOrigin(authority, hosts, (request, response) => answer(request, response, credentials));
  const folder = mkdtempSync(join(tmpdir(), 'keywright-interop-'));
  const config = writeRunConfig(folder, hosts, origin.port, authority);
  return {
    origin,
    folder,
    config,
    async close() {
      await origin.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, credentials: readonly string[]): void {
  const given = [request.headers.authorization, request.headers['x-subscription-token']].flat().join(' ');
  const known = credentials.some((credential) => given.includes(credential));
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
  response.end(known ? bodyFor(request) : '{"message":"Bad credentials"}');
}

/** Just enough of each API for its client to be content. */
function bodyFor({ headers, url = '' }: IncomingMessage): string {
  if (headers.host === 'api.github.com' && url.startsWith('/search/repositories')) {
    return JSON.stringify({ total_count: 1, incomplete_results: false, items: [repository] });
  }
  if (headers.host === 'api.search.brave.com') {
    return JSON.stringify({
      web: { results: [{ title: 'found', description: 'by brave', url: 'https://example.com/' }] },
    });
  }
  if (headers.host === 'api.notion.com')
    return JSON.stringify({ object: 'user', id: 'u1', name: 'found', type: 'bot' });
  if (headers.host === 'api.stripe.com') return JSON.stringify({ id: 'cus_1', object: 'customer', name: 'found' });
  return JSON.stringify({ login: 'found' });
}

const owner = {
  login: 'acme',
  id: 1,
  node_id: 'n',
  avatar_url: 'https://example.com/a',
  url: 'https://example.com/u',
  html_url: 'https://example.com/h',
  type: 'User',
};
const repository = {
  id: 1,
  node_id: 'n',
  name: 'found',
  full_name: 'acme/found',
  private: false,
  owner,
  html_url: 'https://example.com/acme/found',
  description: 'a repository',
  fork: false,
  url: 'https://example.com/r',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  pushed_at: '2026-01-01T00:00:00Z',
  git_url: 'git://example.com/r',
  ssh_url: 'git@example.com:r',
  clone_url: 'https://example.com/r.git',
  default_branch: 'main',
};
