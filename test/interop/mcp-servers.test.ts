import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { canaryIn, type Canary } from '../support/canary.js';
import { openServer } from './mcp-client.js';
import { nodeBinaries, root } from '../support/run.js';
import { startStandIn, type StandIn } from '../support/stand-in.js';

jest.setTimeout(60_000);

const token = `ghp_${randomBytes(18).toString('hex')}`;
const braveKey = `BSA${randomBytes(14).toString('hex')}`;
const notionToken = `ntn_${randomBytes(22).toString('hex')}`;
let standIn: StandIn;
let canary: Canary;

beforeAll(async () => {
  standIn = await startStandIn([token, braveKey, notionToken]);
  canary = canaryIn(standIn.folder);
});

beforeEach(() => canary.forget());

afterAll(() => standIn.close());

interface Server {
  readonly name: string;
  readonly script: string;
  readonly environment: Record<string, string>;
  readonly tool: string;
  readonly args: Record<string, unknown>;
}

const servers: readonly Server[] = [
  {
    name: '@modelcontextprotocol/server-github',
    script: 'node_modules/@modelcontextprotocol/server-github/dist/index.js',
    environment: { GITHUB_PERSONAL_ACCESS_TOKEN: token },
    tool: 'search_repositories',
    args: { query: 'found' },
  },
  {
    name: '@modelcontextprotocol/server-brave-search',
    script: 'node_modules/@modelcontextprotocol/server-brave-search/dist/index.js',
    environment: { BRAVE_API_KEY: braveKey },
    tool: 'brave_web_search',
    args: { query: 'found' },
  },
  {
    name: '@notionhq/notion-mcp-server',
    script: 'node_modules/@notionhq/notion-mcp-server/bin/cli.mjs',
    environment: { NOTION_TOKEN: notionToken },
    tool: 'API-get-self',
    args: {},
  },
];

/** Calls the tool of a server, after something that happens once it runs. */
async function callTool(
  node: string,
  { script, environment, tool, args }: Server,
  options: readonly string[] = [],
  first: (keywright: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ answer: string; log: string }> {
  const { config, folder } = standIn;
  const { client, keywright, log } = await openServer([node, `${root}${script}`], {
    config,
    folder,
    environment,
    options,
  });
  try {
    await first(keywright());
    return { answer: JSON.stringify(await client.callTool({ name: tool, arguments: args })), log: log() };
  } finally {
    await client.close();
  }
}

/** What went wrong, whichever way the server says so. */
async function failureOf(called: ReturnType<typeof callTool>): Promise<string> {
  const text = await called.then(
    ({ answer }) => answer,
    (error: unknown) => String(error),
  );
  return text.includes('found') ? `it answered: ${text}` : 'failed';
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // There is no such process any more.
    return false;
  }
}

const table = servers.map((server) => [server.name, server] as const);

describe.each(nodeBinaries())('on %s', (node) => {
  it.each(table)('%s gets its credential and never holds it', async (_, server) => {
    const before = standIn.origin.seen.length;
    const { answer, log } = await callTool(node, server, canary.options);
    expect(answer).toContain('found');
    expect(answer).not.toContain('"isError":true');
    expect(standIn.origin.seen.length).toBeGreaterThan(before);
    canary.expectProxyOnly();
    for (const secret of Object.values(server.environment)) {
      expect(answer + log).not.toContain(secret);
      expect(JSON.stringify(standIn.origin.seen.at(-1)?.rawHeaders)).toContain(secret);
    }
  });

  it.each(table)('%s without its credential reaches nobody', async (_, server) => {
    const before = standIn.origin.seen.length;
    const [variable = ''] = Object.keys(server.environment);
    const without = { ...server, environment: { [variable]: 'nothing' } };
    expect(await failureOf(callTool(node, without, [...canary.options, '--pass', variable]))).toBe('failed');
    expect(standIn.origin.seen).toHaveLength(before);
    canary.expectProxyOnly();
  });

  it.each(table)('%s asks nobody else when the proxy was killed', async (_, server) => {
    const before = standIn.origin.seen.length;
    expect(await failureOf(callTool(node, server, canary.options, killed))).toBe('failed');
    expect(standIn.origin.seen).toHaveLength(before);
    canary.expectProxyOnly();
  });
});
