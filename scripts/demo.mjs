// The main job on an embedded default: an unmodified MCP server with a credential it never sees.
// No account and no network: a local stand-in plays api.github.com.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { createMemoryAuthority } from '../dist/ca/authority.js';
import { systemClock } from '../dist/core/clock.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = join(root, 'node_modules/@modelcontextprotocol/server-github/dist/index.js');
const folder = mkdtempSync(join(tmpdir(), 'keywright-demo-'));
const token = `ghp_${randomBytes(18).toString('hex')}`;
const masked = (text) => text.replaceAll(token, `${token.slice(0, 4)}${'*'.repeat(token.length - 4)}`);
const show = (title, text) => console.log(`\n\x1b[1m${title}\x1b[0m\n${masked(text).replace(/^/gm, '  ')}`);

try {
  const { arrived, close } = await startStandIn();
  const answer = await askServer();
  close();
  const held = readFileSync(join(folder, 'held'), 'utf8').trim();
  show('The tool answered', answer);
  show('The server held', `GITHUB_PERSONAL_ACCESS_TOKEN=${held}`);
  show('At the destination arrived', arrived.join('\n'));
  show('The audit log says', auditRecords().join('\n'));
  const ok = arrived.join().includes(token) && held !== token && !auditRecords().join().includes(token);
  console.log(
    `\n${ok ? 'The credential went where it belongs, and nowhere else.' : 'Something is wrong: see above.'}\n`,
  );
  process.exitCode = ok ? 0 : 1;

  /** Plays api.github.com on a free port, with a certificate of its own CA. */
  async function startStandIn() {
    const authority = createMemoryAuthority({ name: 'Stand-in CA', clock: systemClock });
    const { certificatePem, keyPem } = authority.issue({ host: 'api.github.com' });
    writeFileSync(join(folder, 'stand-in.pem'), authority.trustPem);
    const arrived = [];
    const standIn = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
      arrived.push(
        `${request.method} https://${request.headers.host}${request.url}`,
        `authorization: ${request.headers.authorization}`,
      );
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ total_count: 0, incomplete_results: false, items: [] }));
    });
    standIn.listen(0, '127.0.0.1');
    await once(standIn, 'listening');
    const { port } = standIn.address();
    writeFileSync(
      join(folder, 'keywright.yaml'),
      `version: 1
destinations:
  api.github.com: { address: "127.0.0.1:${port}", ca_file: stand-in.pem }   # only for this demonstration
`,
      { mode: 0o600 },
    );
    return { arrived, close: () => standIn.close().closeAllConnections() };
  }

  /** What an MCP client's configuration would say: `keywright run -- …` as the command, the token in its environment. */
  async function askServer() {
    const noteWhatItHolds = 'printf %s "$GITHUB_PERSONAL_ACCESS_TOKEN" > "$0"; exec node "$1"';
    const command = [
      join(root, 'dist/main.js'),
      'run',
      '--config',
      join(folder, 'keywright.yaml'),
      '--',
      'sh',
      '-c',
      noteWhatItHolds,
      join(folder, 'held'),
      server,
    ];
    console.log(`\x1b[1m$ keywright run -- npx @modelcontextprotocol/server-github\x1b[0m`);
    const { PATH } = process.env;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: command,
      env: { PATH, HOME: folder, GITHUB_PERSONAL_ACCESS_TOKEN: token },
    });
    const client = new Client({ name: 'demo', version: '1' });
    await client.connect(transport);
    const result = await client.callTool({ name: 'search_repositories', arguments: { query: 'keywright' } });
    await client.close();
    return result.content.map(({ text }) => text).join('\n');
  }

  function auditRecords() {
    const audit = join(folder, 'audit');
    const names = readdirSync(audit).filter((name) => name.endsWith('.jsonl'));
    return names.flatMap((name) => readFileSync(join(audit, name), 'utf8').trim().split('\n'));
  }
} finally {
  rmSync(folder, { recursive: true });
}
