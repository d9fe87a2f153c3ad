import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { cleanEnvironment, program, root } from './run.js';
import type { TestAuthority } from './certificates.js';
import { readHead, type AuditRecord } from './proxy.js';

/** One line of the log of `serve`. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: string };

export interface ServeSetup {
  /** Destination by authority, and the port on 127.0.0.1 where it is. */
  readonly origins?: Readonly<Record<string, number>>;
  readonly authority?: TestAuthority;
  /** Sections other than listen, ca, audit, clients and destinations; with any of these, those are left out. */
  readonly yaml?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Options of Node for it. */
  readonly node?: readonly string[];
}

/** `keywright serve` as a process of its own, with the client `desk`. */
export interface Serving {
  readonly pid: number;
  readonly folder: string;
  readonly port: number;
  readonly trustPem: string;
  readonly token: string;
  readonly log: readonly LogLine[];
  /** The next line of the log, from now on, that says this. */
  logged(message: RegExp): Promise<LogLine>;
  /** Writes the configuration, and nothing else. */
  write(yaml: string): void;
  /** Writes the configuration, asks for a reload, and resolves to what the log then says of it. */
  reload(yaml: string): Promise<LogLine>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves to its exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  records(): AuditRecord[];
  /** Resident memory, bytes. */
  resident(): number;
  /** A connection to it that has sent these bytes. */
  open(bytes?: string, port?: number): Socket;
  /** A TLS connection to a destination, through a tunnel of its own. */
  tunnel(authority: string, client?: { readonly name: string; readonly token: string }): Promise<TLSSocket>;
  /** A request through a tunnel of its own, and the whole answer. */
  get(authority: string, path?: string): Promise<string>;
  close(): Promise<void>;
}

export function proxyAuthorization(name: string, token: string): string {
  return `Proxy-Authorization: Basic ${Buffer.from(`${name}:${token}`).toString('base64')}\r\n`;
}

export function newClient(name: string): { readonly name: string; readonly token: string; readonly yaml: string } {
  const token = randomBytes(32).toString('base64url');
  const yaml = `{ name: ${name}, token_sha256: ${createHash('sha256').update(token).digest('hex')} }`;
  return { name, token, yaml };
}

/** Text of a configuration; what `yaml` says itself is not said a second time. */
export function serveConfig({ origins = {}, authority, yaml = '' }: ServeSetup, desk: string): string {
  const trusted = authority === undefined ? '' : ', ca_file: ./origin-ca.pem';
  const given: Readonly<Record<string, string>> = {
    listen: 'listen: { proxy: ["127.0.0.1:0"] }',
    ca: 'ca: { mode: generate, dir: ./certs }',
    audit: 'audit: [{ type: file, dir: ./audit }]',
    clients: `clients: [${desk}]`,
    destinations: [
      'destinations:',
      ...Object.entries(origins).map(([name, port]) => `  "${name}": { address: "127.0.0.1:${port}"${trusted} }`),
    ].join('\n'),
  };
  const left = Object.entries(given).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(yaml));
  return ['version: 1', ...left.map(([, text]) => (text === 'destinations:' ? '' : text)), yaml, ''].join('\n');
}

export async function startServe(setup: ServeSetup = {}): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-serve-'));
  const desk = newClient('desk');
  const file = join(folder, 'keywright.yaml');
  const write = (yaml: string): void => {
    // Whole or not at all, as an operator's tools do it: a signal may come at any time.
    writeFileSync(`${file}.new`, serveConfig({ ...setup, yaml }, desk.yaml), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  if (setup.authority !== undefined) writeFileSync(join(folder, 'origin-ca.pem'), setup.authority.certificatePem);
  write(setup.yaml ?? '');
  const child = spawn(process.execPath, [...(setup.node ?? []), program, 'serve', '--config', file], {
    cwd: root,
    env: cleanEnvironment(folder, setup.environment),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Whatever becomes of the test: nothing stays behind.
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const { log, logged } = follow(child);
  const { proxy } = (await logged(/^listening$/)) as unknown as { proxy: string[] };
  const port = Number(proxy[0]?.split(':').at(-1));
  const pid = child.pid ?? 0;
  const trustPem = readFileSync(join(folder, 'certs', 'ca.pem'), 'utf8');
  const open = (bytes = '', at = port): Socket => {
    const socket = connect(at, '127.0.0.1');
    socket.on('error', () => undefined);
    if (bytes !== '') socket.write(Buffer.from(bytes, 'latin1'));
    return socket;
  };
  const tunnel: Serving['tunnel'] = async (authority, client = desk) => {
    const socket = open(`CONNECT ${authority} HTTP/1.1\r\n${proxyAuthorization(client.name, client.token)}\r\n`);
    const answer = await readHead(socket);
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`CONNECT was answered ${answer.split('\r\n', 1)[0] ?? ''}`);
    const secure = connectTls({ socket, servername: authority.replace(/:\d+$/, ''), ca: trustPem });
    secure.on('error', () => undefined);
    await once(secure, 'secureConnect');
    return secure;
  };
  return {
    pid,
    folder,
    port,
    trustPem,
    token: desk.token,
    log,
    logged,
    write,
    async reload(yaml) {
      write(yaml);
      const line = logged(/^(reloaded$|not reloaded)/);
      child.kill('SIGHUP');
      return line;
    },
    signal: (signal) => void child.kill(signal),
    ended,
    records: () => recordsIn(join(folder, 'audit')),
    resident: () => 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    open,
    tunnel,
    async get(authority, path = '/') {
      const secure = await tunnel(authority);
      return readAll(secure, `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`);
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends, and reads until the other side has closed. */
export async function readAll(socket: Socket, bytes: string): Promise<string> {
  let text = '';
  socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
  const over = Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.write(Buffer.from(bytes, 'latin1'));
  await over;
  socket.destroy();
  return text;
}

/** The audit records of a folder, in order of time. */
export function recordsIn(folder: string): AuditRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as AuditRecord);
}

function follow(child: ChildProcess): Pick<Serving, 'log' | 'logged'> {
  const log: LogLine[] = [];
  const waiting = new Set<(line: LogLine | undefined) => void>();
  if (child.stderr === null) throw new TypeError('stderr is a pipe');
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (text) => {
    const line = (text.startsWith('{') ? JSON.parse(text) : { msg: text, level: 'said' }) as LogLine;
    log.push(line);
    for (const take of [...waiting]) take(line);
  });
  lines.once('close', () => waiting.forEach((take) => take(undefined)));
  const logged = (message: RegExp): Promise<LogLine> =>
    new Promise((resolve, reject) => {
      const take = (line: LogLine | undefined): void => {
        if (line !== undefined && !message.test(line.msg)) return;
        waiting.delete(take);
        if (line !== undefined) resolve(line);
        else reject(new Error(`it ended before it said ${String(message)}: ${JSON.stringify(log.at(-1))}`));
      };
      waiting.add(take);
    });
  return { log, logged };
}
