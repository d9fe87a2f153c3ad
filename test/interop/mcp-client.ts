import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { cleanEnvironment, program } from '../support/run.js';

export interface OpenServer {
  readonly client: Client;
  /** Process id of `keywright`. */
  readonly keywright: () => number;
  /** All that came on stderr so far. */
  readonly log: () => string;
}

export interface ServerOptions {
  readonly config: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** More options of `run`. */
  readonly options?: readonly string[];
  /** A module that Node loads into Keywright itself before all of it. */
  readonly preload?: string;
}

/** An unmodified server under `keywright run`, driven by the official client: exactly what an MCP client's configuration would say. */
export async function openServer(
  command: readonly string[],
  { config, folder, environment, options = [], preload }: ServerOptions,
): Promise<OpenServer> {
  const pidFile = join(folder, 'keywright.pid');
  // The shell inside tells who its parent is; the one outside keeps the client from taking a killed Keywright for a server that is gone.
  const inside = ['sh', '-c', `echo "$PPID" > '${pidFile}'; exec "$@"`, 'sh', ...command];
  const first = preload === undefined ? [] : ['--import', preload];
  const run = [process.execPath, ...first, '--', program, 'run', '--config', config, ...options, '--', ...inside];
  const transport = new StdioClientTransport({
    command: 'sh',
    args: ['-c', '"$@" || exec sleep 20', 'sh', ...run],
    env: cleanEnvironment(folder, environment),
    stderr: 'pipe',
  });
  let log = '';
  transport.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return { client, keywright: () => Number(readFileSync(pidFile, 'utf8')), log: () => log };
}
