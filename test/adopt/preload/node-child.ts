import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteNodeOption } from '../../../src/adopt/environment.js';
import { testAuthority, type TestAuthority } from '../../support/certificates.js';
import { startOrigin, type Origin } from '../../support/origin.js';
import { startConnectProxy, type ConnectProxy } from '../connect-proxy.js';
import { compilePreload } from './compiled-preload.js';

/** A proxy, a TLS destination that answers `hello HOST` under any path, and children of node behind them with the preload. */
export interface Stage {
  readonly proxy: ConnectProxy;
  readonly origin: Origin;
  readonly authority: TestAuthority;
  /** Has a space in it. */
  readonly folder: string;
  readonly preload: string;
  /** Runs a script and gives what it passed to `show`, as one object of all; rejects where it fails. */
  readonly run: (script: string, environment?: Record<string, string | undefined>) => Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function openStage(answer?: Parameters<typeof startConnectProxy>[1]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright preload '));
  const preload = compilePreload(join(folder, 'preload'));
  const authority = testAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
  const origin = await startOrigin(authority, ['api.example.com', 'localhost'], (request, response) =>
    response.end(`hello ${request.headers.host ?? ''}`),
  );
  const proxy = await startConnectProxy(origin.port, answer);
  const base = {
    PATH: process.env['PATH'],
    HTTPS_PROXY: proxy.url,
    NO_PROXY: 'localhost,127.0.0.1,::1',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    NODE_OPTIONS: `--require=${quoteNodeOption(preload)}`,
    ORIGIN: String(origin.port),
  };
  const run: Stage['run'] = (script, environment = {}) => runScript(folder, script, { ...base, ...environment });
  const close = async (): Promise<void> => {
    await Promise.all([proxy.close(), origin.close()]);
    rmSync(folder, { recursive: true });
  };
  return { proxy, origin, authority, folder, preload, run, close };
}

const prelude = `
  import http from 'node:http';
  import https, { get } from 'node:https';
  import { Worker } from 'node:worker_threads';
  const shown = {};
  const show = (name, value) => { shown[name] = value; };
  const failure = (error) => 'failed: ' + [error.code, error.message, error.cause?.code, error.cause?.message].filter(Boolean).join(' ');
  const read = (response) => new Promise((resolve) => { let text = ''; response.on('data', (chunk) => text += chunk).on('end', () => resolve(text)); });
  const request = (url, options = {}, module = https) => new Promise((resolve) =>
    module.get(url, options, (response) => resolve(read(response))).on('error', (error) => resolve(failure(error))));
  const fetched = (url, options) => fetch(url, options).then((response) => response.text(), failure);
  process.on('exit', () => process.stdout.write(JSON.stringify(shown)));
`;

let count = 0;

function runScript(
  folder: string,
  script: string,
  env: Record<string, string | undefined>,
): Promise<Record<string, unknown>> {
  const file = join(folder, `script-${(count += 1)}.mjs`);
  writeFileSync(file, prelude + script);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { env, timeout: 15_000 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`${error.message}\n${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Record<string, unknown>);
    });
  });
}
