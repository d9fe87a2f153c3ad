import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect, it, jest } from '@jest/globals';
import { canaryIn } from '../support/canary.js';
import { openServer } from './mcp-client.js';
import { startStandIn } from '../support/stand-in.js';

jest.setTimeout(120_000);

const server = '@modelcontextprotocol/server-brave-search@0.6.2';

/** Where this machine's npm gets packages from is its own affair: its user's settings say, and nothing here knows. */
function npm(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('npm', args, { encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : undefined;
}

it('an MCP server straight from the package registry, by npx, gets its credential; the registry is tunnelled unread', async () => {
  if (npm('view', server, 'version') === undefined) {
    console.warn('npm cannot reach its registry: npx not tried');
    return;
  }
  const key = `BSA${randomBytes(14).toString('hex')}`;
  const standIn = await startStandIn([key]);
  try {
    const { config, folder } = standIn;
    const canary = canaryIn(folder);
    const environment = {
      BRAVE_API_KEY: key,
      npm_config_userconfig: npm('config', 'get', 'userconfig') ?? '',
      ...(process.env['NODE_EXTRA_CA_CERTS'] !== undefined && {
        NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'],
      }),
    };
    const options = canary.options;
    const { client, log } = await openServer(['npx', '-y', server], { config, folder, environment, options });
    const answer = await client.callTool({ name: 'brave_web_search', arguments: { query: 'found' } });
    await client.close();
    expect(JSON.stringify(answer)).toContain('by brave');
    expect(log()).toMatch(/tunnelled for packages, unread: \S/);
    expect(JSON.stringify(standIn.origin.seen.at(-1)?.rawHeaders)).toContain(key);
    expect(JSON.stringify(answer) + log()).not.toContain(key);
    canary.expectProxyOnly();
  } finally {
    await standIn.close();
  }
});
