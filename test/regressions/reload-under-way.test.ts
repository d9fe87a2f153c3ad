import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, generatedSecret, readHead } from '../support/proxy.js';
import { newClient, proxyAuthorization, recordsIn, startServe, type Serving } from '../support/serve.js';
import { closeCode, frame, text as textFrame } from './web-socket-frames.js';
import { acceptOf } from './world.js';

jest.setTimeout(30_000);

const api = 'api.example.com';
const blind = 'blind.example.com';
const authority = testAuthority();
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const secrets = { FIRST: generatedSecret(), SECOND: generatedSecret() };
const other = newClient('other');
const desk = newClient('desk');
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let arrived = '';
/** What the destination says to a request; undefined for nothing. */
let answer: (head: string, socket: Socket) => string | undefined = () => ok;
let serving: Serving;

beforeAll(async () => {
  origin = await startRawOrigin(authority, [api, blind], (socket) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      arrived += piece.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const said = answer(text, socket);
      text = '';
      if (said !== undefined) socket.write(said);
    });
  });
});
afterAll(() => origin.close());

const secretsOf = (name: string): string => `secrets: { api: { from: env, name: ${name}, hosts: [${api}] } }`;
const allow = `{ name: api, hosts: [${api}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }`;
const pass = `{ name: pass, hosts: [${blind}], action: tunnel }`;
const clients = (...list: { yaml: string }[]): string => `clients: [${list.map(({ yaml }) => yaml).join(', ')}]`;
const policies = (...list: string[]): string => `policies: [${list.join(', ')}]`;
const limits = 'limits: { drain_timeout: 2s }';
const usual = [secretsOf('FIRST'), clients(desk, other), policies(allow, pass), limits].join('\n');

const start = async (): Promise<Serving> =>
  startServe({
    yaml: usual,
    authority,
    origins: { [`${api}:443`]: origin.port, [`${blind}:443`]: origin.port },
    environment: secrets,
  });

beforeAll(async () => {
  serving = await start();
});
afterAll(() => serving.close());
beforeEach(async () => {
  answer = () => ok;
  expect(await serving.reload(usual)).toMatchObject({ level: 'info' });
  arrived = '';
});

const head = (path = '/', host = api): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const ask = async (socket: Socket, path = '/'): Promise<string> =>
  converse(socket, head(path), /\r\n\r\n(ok|\{.*\}\n)$/s);
const code = (text: string): string => /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(9, 12);
const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket.resume(), 'close');
};

/** A tunnel that nobody looks into, with a request answered in it. */
async function openBlind(client = desk): Promise<TLSSocket> {
  const socket = serving.open(`CONNECT ${blind}:443 HTTP/1.1\r\n${proxyAuthorization(client.name, client.token)}\r\n`);
  expect(await readHead(socket)).toMatch(/^HTTP\/1\.1 200 /);
  const secure = connectTls({ socket, servername: blind, ca: authority.certificatePem });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect');
  expect(await converse(secure, head('/', blind), /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
  return secure;
}

async function openUpgraded(): Promise<{ readonly socket: TLSSocket; readonly upstream: Socket }> {
  let upstream: Socket | undefined;
  answer = (text, socket) => {
    upstream = socket;
    return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(text)}\r\n\r\n`;
  };
  const socket = await serving.tunnel(`${api}:443`, desk);
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const asked = `GET /ws HTTP/1.1\r\nHost: ${api}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`;
  expect(await converse(socket, asked, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 101 /);
  return { socket, upstream: upstream as unknown as Socket };
}

describe('what is open already is decided by the new configuration', () => {
  it.each([
    ['a client that is gone', [clients(other)]],
    ['a client whose token changed', [clients(newClient('desk'), other)]],
  ])('a request in a tunnel of %s is refused, and the tunnel closed', async (_, [list = '']) => {
    const [its, others] = [await serving.tunnel(`${api}:443`, desk), await serving.tunnel(`${api}:443`, other)];
    expect([code(await ask(its)), code(await ask(others))]).toEqual(['200', '200']);
    await serving.reload([secretsOf('FIRST'), list, policies(allow)].join('\n'));
    arrived = '';
    expect(await converse(its, head('/revoked'))).toMatch(/^HTTP\/1\.1 403 [^]*"caller_revoked"|^$/);
    await closed(its);
    expect(arrived).toBe('');
    expect(code(await ask(others))).toBe('200');
    await expect(serving.tunnel(`${api}:443`, desk)).rejects.toThrow(/407/);
  });

  it('a request in a tunnel to a host that no policy allows any more is refused, and allowed again later', async () => {
    const socket = await serving.tunnel(`${api}:443`, desk);
    expect(code(await ask(socket))).toBe('200');
    await serving.reload([clients(desk), policies(pass)].join('\n'));
    arrived = '';
    expect(code(await ask(socket))).toBe('no_policy');
    expect(arrived).toBe('');
    await serving.reload(usual);
    expect(code(await ask(socket))).toBe('200');
  });

  it.each([
    ['its policy is gone', [clients(desk), policies(allow)], secretsOf('FIRST')],
    ['its client is gone', [clients(other), policies(pass)], ''],
    ['its client has another token', [clients(newClient('desk')), policies(pass)], ''],
    ['it is to be looked into', [clients(desk), `policies: [{ name: pass, hosts: [${blind}] }]`], ''],
    ['a deny rule names its host', [clients(desk), policies(pass), `deny: [{ name: no, hosts: [${blind}] }]`], ''],
    ['its destination is elsewhere', [clients(desk), policies(pass), 'destinations: {}'], ''],
  ])('a blind tunnel is cut where %s', async (_, lines, more) => {
    const socket = await openBlind();
    await serving.reload([...lines, more].join('\n'));
    await closed(socket);
  });

  it('a blind tunnel that is still allowed goes on', async () => {
    const socket = await openBlind();
    await serving.reload([clients(desk), policies(pass), 'limits: { drain_timeout: 1s }'].join('\n'));
    expect(await converse(socket, head('/', blind), /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('an upgraded connection is cut where its request is not allowed any more, and goes on where it is', async () => {
    await serving.reload([secretsOf('FIRST'), clients(desk), `policies: [{ name: ws, hosts: [${api}] }]`].join('\n'));
    const { socket, upstream } = await openUpgraded();
    await serving.reload(
      [secretsOf('FIRST'), clients(desk), `policies: [{ name: ws, hosts: [${api}], paths: [/ws] }]`].join('\n'),
    );
    upstream.write(frame(textFrame, 'on'));
    expect(await converse(socket, frame(textFrame, 'x', { masked: true }), /on$/)).toBe('\x81\x02on');
    const rest = converse(socket, '', /never/);
    await serving.reload(
      [secretsOf('FIRST'), clients(desk), `policies: [{ name: ws, hosts: [${api}], paths: [/other] }]`].join('\n'),
    );
    expect(closeCode(Buffer.from(await rest, 'latin1'))).toBe(1008);
    if (!upstream.readableEnded) await once(upstream, 'end');
  });
});

describe('what is under way', () => {
  it('ends with the configuration it began with, and the next has the new one', async () => {
    let finish: (() => void) | undefined;
    answer = (_, socket) => {
      finish = () => void socket.write('67890');
      return 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345';
    };
    const [slow, next] = [await serving.tunnel(`${api}:443`, desk), await serving.tunnel(`${api}:443`, desk)];
    const whole = converse(slow, head('/slow'), /67890/);
    await once(slow, 'data');
    expect(arrived).toContain(`Bearer ${secrets.FIRST}`);
    expect(await serving.reload(usual.replace('FIRST', 'SECOND'))).toMatchObject({ changes: ['secret api changed'] });
    arrived = '';
    answer = () => ok;
    expect(code(await ask(next))).toBe('200');
    expect(arrived).toContain(`Bearer ${secrets.SECOND}`);
    finish?.();
    expect(await whole).toMatch(/1234567890$/);
    const ends = serving.records().filter(({ kind }) => kind === 'end');
    expect(ends.slice(-2).map(({ code: outcome }) => outcome)).toEqual(['ok', 'ok']);
  });
});

describe('an audit log that moves', () => {
  let serving: Serving;
  const reloads = () => serving.records().filter(({ kind }) => kind === 'reload');
  beforeAll(async () => {
    serving = await start();
  });
  afterAll(() => serving.close());

  it('stays for what is under way, and ends after it; what comes then has the new one', async () => {
    let finish: (() => void) | undefined;
    answer = (_, socket) => {
      finish = () => void socket.write('67890');
      return 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345';
    };
    const socket = await serving.tunnel(`${api}:443`, desk);
    const whole = converse(socket, head('/slow'), /67890/);
    await once(socket, 'data');
    await serving.reload(`${usual}\naudit: [{ type: file, dir: ./elsewhere }]`);
    const elsewhere = () => recordsIn(join(serving.folder, 'elsewhere'));
    expect(elsewhere().map(({ kind }) => kind)).toEqual(['header', 'start', 'reload']);
    expect(reloads()).toMatchObject([{ changes: ['audit changed'] }]);
    finish?.();
    await whole;
    answer = () => ok;
    expect(code(await ask(socket))).toBe('200');
    expect(
      serving
        .records()
        .map(({ kind }) => kind)
        .slice(-4),
    ).toEqual(['reload', 'end', 'stop', 'checkpoint']);
    // Written as soon as the answer has gone out.
    for (let i = 0; i < 100 && elsewhere().at(-1)?.kind !== 'end'; i += 1) await delay(20);
    expect(elsewhere().map(({ kind }) => kind)).toEqual(['header', 'start', 'reload', 'use', 'end']);
  });
});

describe('secrets', () => {
  it('in files are read again as they were, and the key of placeholders with the configuration', async () => {
    const yaml = [
      `secrets: { api: { from: file, path: ./secret, hosts: [${api}] } }`,
      clients(desk),
      policies(allow, `{ name: other, hosts: [${blind}], inject: [] }`),
      'placeholder_key_file: ./placeholder.key',
    ].join('\n');
    const values = [generatedSecret(), generatedSecret()];
    for (const value of values) {
      writeFileSync(join(serving.folder, 'secret'), value, { mode: 0o600 });
      expect(await serving.reload(yaml)).toMatchObject({ level: 'info' });
      const socket = await serving.tunnel(`${api}:443`, desk);
      expect(code(await ask(socket))).toBe('200');
      expect(arrived).toContain(`Bearer ${value}`);
      socket.destroy();
    }
    writeFileSync(join(serving.folder, 'placeholder.key'), 'too short', { mode: 0o600 });
    const substitute = yaml.replace('"Bearer {api}"', '"Bearer {api}", mode: substitute');
    expect(await serving.reload(substitute)).toMatchObject({
      level: 'error',
      problems: [expect.stringMatching(/placeholder key .* is not 32 bytes/)],
    });
  });
});
