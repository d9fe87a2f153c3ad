import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSecureTunnel } from '../support/proxy.js';
import { api, exchange, get, ok, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    origins: { 'blind.example.com:443': 9 },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: blind, hosts: [blind.example.com], action: tunnel }
  - name: api
    hosts: [${api}]
    methods: [GET, POST]
    paths: [/**]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { handshake_timeout: 1s, drain_timeout: 300ms }
`,
  });
});
afterAll(() => world.close());

const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${api}\r\n\r\n`;
/** Every request line that the destination could read anywhere in what came. */
const lines = (): string[] =>
  world
    .arrived()
    .match(/^[A-Z]+ \S+ HTTP\/1\.1\r$/gm)
    ?.map((line) => line.trim()) ?? [];
const answers = (text: string): number => text.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0;

describe('request smuggling: nothing after a request that is closed is read as one', () => {
  const closing: [string, () => string][] = [
    ['bytes that are no request', () => `\x16\x03\x01\r\n\r\n${smuggled}`],
    ['HTTP/0.9', () => `GET /old\r\n\r\n${smuggled}`],
    ['a fragment in the path', () => `GET /a#b HTTP/1.1\r\nHost: ${api}\r\n\r\n${smuggled}`],
    ['no Host', () => `GET / HTTP/1.1\r\n\r\n${smuggled}`],
    ['HTTP/1.2', () => `GET / HTTP/1.2\r\nHost: ${api}\r\n\r\n${smuggled}`],
    [
      'chunked twice',
      () =>
        `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a lower-case method', () => `get / HTTP/1.1\r\nHost: ${api}\r\n\r\n${smuggled}`],
    ['a tab in the request line', () => `GET\t/ HTTP/1.1\r\nHost: ${api}\r\n\r\n${smuggled}`],
    [
      'a chunk size with a sign',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n${smuggled}`,
    ],
    [
      'a chunk size in other digits',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${smuggled}`,
    ],
    [
      'a bare LF after a chunk size',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n${smuggled}`,
    ],
    [
      'a bare LF in a chunk extension',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n2;a\nok\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a bare CR in a header', () => `GET / HTTP/1.1\r\nHost: ${api}\r\nX-A: a\rX-B: b\r\n\r\n${smuggled}`],
    ['an empty header name', () => `GET / HTTP/1.1\r\nHost: ${api}\r\n: a\r\n\r\n${smuggled}`],
    [
      'a vertical tab in Transfer-Encoding',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: \x0bchunked\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    ],
    [
      'chunked, and identity',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'an empty Transfer-Encoding beside a length',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding:\r\nContent-Length: 3\r\n\r\nabc${smuggled}`,
    ],
    [
      'a hexadecimal Content-Length',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 0x3\r\n\r\nabc${smuggled}`,
    ],
    [
      'a huge Content-Length',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 99999999999999999999\r\n\r\n${smuggled}`,
    ],
    [
      'an upgrade that is refused',
      () =>
        `GET / HTTP/1.1\r\nHost: ${api}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${smuggled}`,
    ],
    ['a refused CONNECT', () => `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n\r\n${smuggled}`],
  ];

  it.each(closing)('%s', async (_, bytes) => {
    world.reset();
    const text = await world.inside(bytes(), /never/);
    // The destination is a few turns of the event loop away: a request of one's own through the same pool is behind it.
    await world.inside(get('/after'));
    expect(lines()).toEqual(['GET /after HTTP/1.1']);
    expect(answers(text)).toBe(1);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(world.leaks(text)).toEqual([]);
  });
});

describe('a body is a body, whatever it looks like', () => {
  it.each([
    ['of a request that is allowed', 'POST / HTTP/1.1'],
    ['of a GET', 'GET / HTTP/1.1'],
    ['of a request that is refused', 'DELETE / HTTP/1.1'],
  ])('%s, with a length', async (_, line) => {
    world.reset((head) => (head.includes('smuggled') || line.startsWith('DELETE') ? ok : undefined));
    const text = await world.inside(`${line}\r\nHost: ${api}\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`);
    expect(answers(text)).toBe(1);
    // One head with one statement of its length, and all else lies within it.
    const [head = '', ...rest] = world.arrived().split('\r\n\r\n');
    if (line.startsWith('DELETE')) {
      expect(text).toMatch(/^HTTP\/1\.1 403 /);
      expect(world.arrived()).toBe('');
      return;
    }
    const body = rest.join('\r\n\r\n');
    expect(head.match(/^(content-length|transfer-encoding):/gim)).toHaveLength(1);
    expect(head).toMatch(/content-length: \d+$|content-length: \d+\r|transfer-encoding: chunked/im);
    if (/content-length/i.test(head)) expect(body).toBe(smuggled);
    else expect(body).toBe(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`);
  });

  it('whose trailers look like framing or credentials loses them', async () => {
    world.reset((head) => (/0\r\n(?:[^\r]+\r\n)*\r\n$/.test(head) ? ok : undefined));
    await world.inside(
      `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n3\r\nabc\r\n0\r\nAuthorization: Bearer mine\r\nContent-Length: 99\r\nX-Last: 99\r\n\r\n`,
    );
    expect(world.arrived()).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\nX-Last: 99\r\n\r\n$/);
    expect(world.arrived().match(/^authorization: .*$/gim)).toEqual([`authorization: Bearer ${world.secret}`]);
    expect(world.arrived()).not.toMatch(/content-length: 99|trailer:/i);
  });

  it('of a declined upgrade goes with its request, and only once', async () => {
    world.reset((head) => (head.includes('smuggled') ? ok : undefined));
    const text = await world.inside(
      `POST / HTTP/1.1\r\nHost: ${api}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(answers(text)).toBe(1);
    expect(world.arrived().match(/^content-length: 49\r$/gim)).toHaveLength(1);
    expect(world.arrived().endsWith(`\r\n\r\n${smuggled}`)).toBe(true);
    expect(world.arrived().match(/Bearer /g)).toHaveLength(1);
  });
});

describe('a pipelined second request', () => {
  it('after one that is refused with its connection open is decided by itself', async () => {
    world.reset();
    const text = await world.inside(`DELETE / HTTP/1.1\r\nHost: ${api}\r\n\r\n${get('/second')}`, /ok$/);
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200']);
    expect(lines()).toEqual(['GET /second HTTP/1.1']);
  });

  it('for another host than the first is misdirected', async () => {
    world.reset();
    const text = await world.inside(`${get('/first')}GET /second HTTP/1.1\r\nHost: blind.example.com\r\n\r\n`, /\}\n$/);
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421']);
    expect(lines()).toEqual(['GET /first HTTP/1.1']);
  });

  it('after a CONNECT that is answered 407 is not read as a request of anybody', async () => {
    world.reset();
    const text = await world.ask(
      `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n\r\nGET https://${api}/smuggled HTTP/1.1\r\nHost: ${api}\r\nAUTH\r\n\r\n`,
      /never/,
    );
    expect(answers(text)).toBe(1);
    expect(outcome(text)).toBe('caller_unknown');
    expect(world.arrived()).toBe('');
  });

  it('in the bytes after a CONNECT for a blind tunnel ends the tunnel', async () => {
    world.reset();
    const text = await world.ask(
      `CONNECT blind.example.com:443 HTTP/1.1\r\nHost: blind.example.com:443\r\nAUTH\r\n\r\nGET https://${api}/smuggled HTTP/1.1\r\nHost: ${api}\r\n\r\n`,
      /never/,
    );
    expect(text).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
    expect(world.arrived()).toBe('');
    expect(world.proxy.records().at(-1)).toMatchObject({
      kind: 'refused',
      code: 'tunnel_refused',
      host: 'blind.example.com',
    });
  });

  it.each([
    ['is malformed', 'NONSENSE\r\n\r\n'],
    ['is one too many', get('/more').repeat(70)],
  ])('that %s never writes into the answer that is under way', async (_, second) => {
    const body = 'A'.repeat(2000);
    world.reset((__, origin) => {
      origin.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
      return undefined;
    });
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.write(get());
    let text = (await once(socket, 'data')).toString();
    text += await exchange(socket, second, /never/);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll('A', '')).toBe('');
  });
});
