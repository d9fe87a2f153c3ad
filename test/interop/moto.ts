import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { signatureOf } from '../secrets/fakes/sigv4.js';

/** Its server, `pip install 'moto[server]'`. */
export const motoServer = process.env['KEYWRIGHT_TEST_MOTO'] ?? 'moto_server';

export interface Keys {
  readonly id: string;
  readonly secret: string;
}

export interface Moto {
  readonly address: string;
  /** From now on it checks signatures and policies, or does not. */
  check(on: boolean): Promise<void>;
  /** Asks it for something as AWS's own tools would, and gives the answer's text. */
  ask(service: string, body: string, keys: Keys, target?: string): Promise<string>;
  close(): Promise<void>;
}

export const region = 'eu-central-1';

/** AWS as moto has it, on a free port of this machine. It checks nothing until it is told to. */
export async function startMoto(folder: string): Promise<Moto> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder };
  const child = spawn(motoServer, ['-H', '127.0.0.1', '-p', '0'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      const [, found] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new TypeError(`moto has ended: ${said}`)));
  });
  child.stderr.resume();
  return {
    address,
    async check(on) {
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await fetch(`${address}/moto-api/reset-auth`, { method: 'POST', headers, body: on ? '0' : 'inf' });
      if (answer.status !== 200) throw new TypeError(`moto answered with ${answer.status}`);
    },
    async ask(service, body, keys, target) {
      const headers = signed(service, new URL(address).host, body, keys, target);
      const answer = await fetch(address, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status !== 200) throw new TypeError(`moto answered ${service} with ${answer.status}: ${text}`);
      return text;
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function signed(service: string, host: string, body: string, { id, secret }: Keys, target?: string) {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = {
    'content-type': target === undefined ? 'application/x-www-form-urlencoded' : 'application/x-amz-json-1.1',
    host,
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    'x-amz-date': stamp,
    ...(target !== undefined && { 'x-amz-target': target }),
  };
  const names = Object.keys(headers).toSorted();
  const scope = { date: stamp.slice(0, 8), region, service };
  const signature = signatureOf({ method: 'POST', path: '/', headers, body }, names, secret, scope);
  const credential = `${id}/${scope.date}/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}
