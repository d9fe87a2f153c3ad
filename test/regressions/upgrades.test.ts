import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { openSecureTunnel } from '../support/proxy.js';
import { frame, text } from './web-socket-frames.js';
import { acceptOf, answered, api, exchange, get, inTime, ok, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: open, hosts: [${api}], paths: [/open/**] }
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}", mode: substitute }, { place: header, name: x-key, template: "{api}" }]
limits: { drain_timeout: 300ms, tunnel_idle_timeout: 1s, response_idle_timeout: 1s, request_idle_timeout: 1s }
`,
  });
});
afterAll(() => world.close());

const handshake = (path: string, ...lines: string[]): string =>
  get(
    path,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  );

const agree = (head: string): string =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(head)}\r\n\r\n`;

describe('a WebSocket handshake that carries a credential', () => {
  it.each([
    ['with a placeholder', () => handshake('/', `Authorization: Bearer ${world.placeholder}`)],
    [
      'in another case',
      () =>
        handshake('/')
          .replace('websocket', 'WebSocket')
          .replace('Connection: Upgrade', 'connection: keep-alive, UPGRADE'),
    ],
  ])('gets nothing of it back, in the head or in a message: %s', async (_, bytes) => {
    world.reset((head) => [
      agree(head).replace('101 Switching', `101 ${world.secret}`).replace(/$/m, `\r\nX-Echo: ${world.secret}`),
      frame(text, `seen ${world.secret}`),
    ]);
    const answer = await world.inside(bytes(), /seen \*+$/);
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[^]*X-Echo: \*+\r\n/);
    expect(answer).toMatch(/seen \*+$/);
    expect(world.arrived()).toContain(`x-key: ${world.secret}`);
    expect(world.leaks(answer)).toEqual([]);
  });

  it('is refused with a placeholder for another place', async () => {
    world.reset(agree);
    expect(outcome(await world.inside(handshake('/open/', `Sec-WebSocket-Protocol: ${world.placeholder}`)))).toBe(
      'placeholder_misplaced',
    );
    expect(world.arrived()).toBe('');
  });

  it.each([
    ['without Connection: Upgrade', () => get('/', 'Upgrade: websocket')],
    ['to a list of protocols', () => get('/', 'Connection: Upgrade', 'Upgrade: websocket, h2c')],
    [
      'with another method',
      () => `POST / HTTP/1.1\r\nHost: ${api}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n`,
    ],
    ['to another protocol', () => get('/', 'Connection: Upgrade', 'Upgrade: foo/1')],
    ['to HTTP/2', () => get('/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk')],
  ])('is no handshake, so it is served as if the upgrade had not been asked: %s', async (_, bytes) => {
    world.reset((head) => (/upgrade/i.test(head) ? agree(head) : ok));
    const text = await world.inside(bytes());
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(world.arrived()).not.toMatch(/upgrade|http2-settings/i);
    expect(world.arrived()).toContain(`x-key: ${world.secret}`);
  });
});

describe('a WebSocket handshake without a credential', () => {
  it('is relayed, and after 101 bytes that look like a request are no request', async () => {
    let after = '';
    world.reset((head, socket) => {
      socket.on('data', (bytes) => (after += bytes.toString('latin1')));
      return [agree(head), frame(text, 'hello')];
    });
    const answer = await world.inside(`${handshake('/open/')}${get('/smuggled')}`, /hello$/);
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 101']);
    expect(world.arrived()).not.toContain(world.secret);
    await delay(20);
    expect(after).not.toContain('/smuggled');
  });

  it('is cut on both sides where nothing moves for `tunnel_idle_timeout`', async () => {
    let upstream: Promise<unknown> = Promise.resolve();
    world.reset((head, socket) => {
      upstream = once(socket, 'close');
      return agree(head);
    });
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.on('error', () => undefined).resume();
    socket.write(handshake('/open/'));
    await inTime(Promise.all([once(socket, 'close'), upstream]), 4000);
    expect(world.arrived()).toContain('/open/');
  });

  it("that is declined ends the connection: what was sent ahead is nobody's request", async () => {
    world.reset(() => 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
    const text = await world.inside(`${handshake('/open/')}${get('/smuggled')}`, /never/);
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 426']);
    expect(world.arrived().match(/^GET \S+/gm)).toEqual(['GET /open/']);
  });

  it('with a body is not sent: nobody agrees on where that ends', async () => {
    world.reset(() => 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
    const text = await world.inside(`${handshake('/open/', 'Content-Length: 40')}${get('/smuggled')}`, answered);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(world.arrived()).not.toContain('/smuggled');
    expect(world.arrived()).toBe('');
  });

  it('to a destination that switches to something unasked is 502 or 101, never a second answer', async () => {
    world.reset(
      () =>
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake`,
    );
    const text = await exchange(await openSecureTunnel(world.proxy, `${api}:443`), handshake('/open/'), /fake$|\}\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe('a hundred declined upgrades on one connection', () => {
  it('are served one after the other, and pile nothing up', async () => {
    world.reset();
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    for (let i = 0; i < 100; i += 1) {
      const data = new Promise<Buffer>((resolve) => socket.once('data', resolve));
      socket.write(get(`/${i}`, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'));
      expect((await data).toString()).toMatch(/^HTTP\/1\.1 200 /);
    }
    socket.destroy();
    await delay(10);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
