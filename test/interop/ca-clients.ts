import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestProxy } from '../support/proxy.js';

const sources = fileURLToPath(new URL('clients/ca/', import.meta.url));

/** A handshake inside a CONNECT: through which proxy, for which host, trusting which file. */
export interface Job {
  readonly proxy: TestProxy;
  readonly host: string;
  readonly trust: string;
}

export interface TlsClient {
  readonly name: string;
  /** The program, and how to see that this machine has it. */
  readonly needs: readonly [command: string, ...args: string[]];
  /** Hosts that it cannot ask for, whatever the certificate. */
  readonly cannot?: RegExp;
  /** Where it compiles to; undefined for those that are not compiled. */
  readonly build?: (folder: string) => void;
  /** `ok`, or what the client says, for each job. */
  readonly run: (jobs: readonly Job[], folder: string) => Promise<readonly string[]>;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not synchronously: the proxies live in this process. */
async function execute(command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout: await stdout, stderr: await stderr };
}

async function lines(command: string, args: readonly string[], jobs: readonly Job[]): Promise<readonly string[]> {
  const words = jobs.flatMap(({ trust, proxy, host }) => [trust, String(proxy.port), proxy.authorization, host]);
  const { stdout, stderr } = await execute(command, [...args, ...words]);
  const answers = stdout.trim().split('\n');
  if (answers.length !== jobs.length) throw new Error(`${command} answered ${answers.length} times: ${stderr}`);
  return answers;
}

/** For programs that take one job at a time. */
async function each(jobs: readonly Job[], one: (job: Job) => Promise<string>): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const job of jobs) answers.push(await one(job));
  return answers;
}

/** Each of them verifies by code of its own: OpenSSL strictly, Python strictly, Go, Java, and curl as it comes. */
export const tlsClients: readonly TlsClient[] = [
  {
    name: 'openssl -x509_strict',
    needs: ['openssl', 's_client', '-help'],
    // s_client takes the brackets off the host that it sends in its CONNECT.
    cannot: /:/,
    run: (jobs) =>
      each(jobs, async ({ proxy, host, trust }) => {
        const { username, password } = new URL(proxy.url);
        const name = isName(host) ? ['-servername', host, '-verify_hostname', host] : ['-verify_ip', host];
        const where = ['-proxy', `127.0.0.1:${proxy.port}`, '-connect', `${bracketed(host)}:443`, '-brief'];
        const who = ['-proxy_user', username, '-proxy_pass', `pass:${password}`];
        const how = ['-x509_strict', '-verify_return_error', '-CAfile', trust, '-no-CApath', '-no-CAstore'];
        const args = ['s_client', ...where, ...who, ...how, ...name];
        const { status, stderr } = await execute('openssl', args);
        return status === 0 && /Verification: OK/.test(stderr) ? 'ok' : `refused: ${stderr}`;
      }),
  },
  {
    name: 'Python under VERIFY_X509_STRICT',
    needs: ['python3', '-c', 'import ssl; ssl.VERIFY_X509_STRICT'],
    run: (jobs) => lines('python3', [join(sources, 'client.py')], jobs),
  },
  {
    name: "Go's crypto/tls",
    needs: ['go', 'version'],
    build: (folder) => {
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };
      const args = ['build', '-o', join(folder, 'go-client'), join(sources, 'client.go')];
      const { status, stderr } = spawnSync('go', args, { encoding: 'utf8', timeout: 240_000, cwd: folder, env });
      if (status !== 0) throw new Error(`go does not build: ${stderr}`);
    },
    run: (jobs, folder) => lines(join(folder, 'go-client'), [], jobs),
  },
  {
    name: 'Java',
    needs: ['java', '-version'],
    cannot: /_/,
    run: (jobs) => lines('java', ['-XX:TieredStopAtLevel=1', join(sources, 'Client.java')], jobs),
  },
  {
    name: 'curl',
    needs: ['curl', '--version'],
    run: (jobs) =>
      each(jobs, async ({ proxy, host, trust }) => {
        const args = ['-sS', '-o', '/dev/null', '--noproxy', '', '--proxy', proxy.url, '--cacert', trust];
        const { status, stderr } = await execute('curl', [...args, `https://${bracketed(host)}/`]);
        return status === 0 ? 'ok' : `refused: ${stderr}`;
      }),
  },
];

function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
