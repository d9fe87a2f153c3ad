import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { openServer } from './mcp-client.js';
import { clients, keywrightRun, nodeBinaries, root } from '../support/run.js';
import { writeRunConfig } from '../support/run-config.js';

jest.setTimeout(60_000);

const tavilyKey = `tvly-${randomBytes(16).toString('hex')}`;
const slackToken = `xoxb-123456789012-123456789012-${randomBytes(12).toString('hex')}`;
const hosts = ['api.tavily.com', 'slack.com'];
let origin: Origin;
let folder: string;
let config: string;

/** Whether a body carries the credential in the one place where this service reads it. */
function bodyIsRight(host: string, type: string, body: string): boolean {
  if (host === 'api.tavily.com') return (JSON.parse(body) as { api_key?: unknown }).api_key === tavilyKey;
  if (type.startsWith('application/x-www-form-urlencoded'))
    return new URLSearchParams(body).get('token') === slackToken;
  return body.includes(`Content-Disposition: form-data; name="token"\r\n\r\n${slackToken}\r\n`);
}

beforeAll(async () => {
  const authority = testAuthority();
  // Each place that has a credential is verified; what the service was sent is repeated.
  origin = await startOrigin(authority, hosts, (request, response) => {
    const { host = '', authorization, 'content-type': type = '' } = request.headers;
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString('latin1')));
    request.on('end', () => {
      const [header, inBody] = [authorization !== undefined, host === 'api.tavily.com' || authorization === undefined];
      const known = host === 'api.tavily.com' ? tavilyKey : slackToken;
      const right = (!header || authorization === `Bearer ${known}`) && (!inBody || bodyIsRight(host, type, body));
      response.writeHead(right ? 200 : 401, { 'content-type': 'application/json' });
      const found = {
        ok: right,
        channels: [{ id: 'C1', name: 'found' }],
        results: [{ title: 'found', url: 'u', content: 'c' }],
      };
      response.end(JSON.stringify({ ...found, query: body, answer: Buffer.from(body).toString('base64') }));
    });
  });
  folder = mkdtempSync(join(tmpdir(), 'keywright-bodies-'));
  config = writeRunConfig(folder, hosts, origin.port, authority);
});

afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

const tavily = {
  script: 'node_modules/tavily-mcp/build/index.js',
  environment: { TAVILY_API_KEY: tavilyKey },
  tool: 'tavily_search',
  args: { query: 'found' },
};
const slack = {
  script: 'node_modules/@modelcontextprotocol/server-slack/dist/index.js',
  environment: { SLACK_BOT_TOKEN: slackToken, SLACK_TEAM_ID: 'T1' },
  tool: 'slack_list_channels',
  args: {},
};

describe.each(nodeBinaries())('on %s', (node) => {
  it.each([
    ['tavily-mcp', tavily, tavilyKey],
    ['@modelcontextprotocol/server-slack', slack, slackToken],
  ])('%s gets its credential at each of its places, and never holds it', async (_, server, secret) => {
    const { script, environment, tool, args } = server;
    const { client, log } = await openServer([node, `${root}${script}`], { config, folder, environment });
    const answer = JSON.stringify(await client.callTool({ name: tool, arguments: args }));
    await client.close();
    expect(answer).toContain('found');
    expect(answer).not.toContain('"isError":true');
    expect(answer + log()).not.toContain(secret);
    expect(JSON.stringify(origin.seen.at(-1)?.rawHeaders)).toContain(`Bearer ${secret}`);
  });
});

it('a client that sends its token in forms gets it there, and into no other field', async () => {
  const environment = { SLACK_MCP_XOXB_TOKEN: slackToken };
  const { stdout, stderr, code } = await keywrightRun([process.execPath, `${clients}slack_form.mjs`], {
    config,
    folder,
    environment,
  });
  expect([code, stdout.match(/^\d{3}/gm)]).toEqual([0, ['200', '200', '403']]);
  expect(stdout).toContain('placeholder_misplaced');
  expect(stdout + stderr).not.toContain(slackToken);
  expect(stdout).not.toContain(Buffer.from(slackToken).toString('base64').slice(4, -4));
});
