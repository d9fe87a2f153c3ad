import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSecureTunnel } from '../support/proxy.js';
import { closeCode, frame, framesIn, text } from './web-socket-frames.js';
import { agree, deflate, handshake, masked, talk } from './web-socket-talk.js';
import { answered, api, get, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: api, hosts: [${api}], inject: [{ place: header, name: x-key, template: "{api}" }] }
limits: { drain_timeout: 300ms }
`,
  });
});
afterAll(() => world.close());

describe('a destination that agrees to what nobody asked for', () => {
  it.each<[string, readonly string[], (head: string) => string]>([
    ['another key', [], (head) => agree(head).replace(/Accept: .*/, 'Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
    ['no key', [], (head) => agree(head).replace(/Sec-WebSocket-Accept: .*\r\n/, '')],
    ['a subprotocol', ['Sec-WebSocket-Protocol: a'], (head) => agree(head, 'Sec-WebSocket-Protocol: b')],
    [
      'two subprotocols',
      ['Sec-WebSocket-Protocol: a, b'],
      (head) => agree(head, 'Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b'),
    ],
    ['compression', [], (head) => agree(head, deflate)],
    ['compression twice', [deflate], (head) => agree(head, deflate, deflate)],
    [
      'another extension',
      [`${deflate}, x-webkit-foo`],
      (head) => agree(head, 'Sec-WebSocket-Extensions: x-webkit-foo'),
    ],
    ['a window that was not offered', [deflate], (head) => agree(head, `${deflate}; client_max_window_bits=10`)],
    [
      'a larger window',
      [`${deflate}; server_max_window_bits=10`],
      (head) => agree(head, `${deflate}; server_max_window_bits=11`),
    ],
    ['an unknown parameter', [deflate], (head) => agree(head, `${deflate}; x=1`)],
  ])('is refused: %s', async (_, lines, answer) => {
    let there: Promise<unknown> = Promise.resolve();
    world.reset((head, socket) => {
      there = once(socket, 'close');
      return answer(head);
    });
    const answerText = await world.inside(handshake('/', ...lines), answered);
    expect(outcome(answerText)).toBe('destination_protocol');
    expect(world.leaks(answerText)).toEqual([]);
    await there;
  });

  it('is never offered what could not be read', async () => {
    world.reset(() => 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
    const offers =
      'x-webkit-deflate-frame, permessage-deflate; client_max_window_bits, permessage-deflate; server_max_window_bits=7, permessage-deflate; a="b, permessage-deflate"';
    await world.inside(handshake('/', `Sec-WebSocket-Extensions: ${offers}`), /no$/);
    expect(world.arrived().match(/^sec-websocket-extensions: .*$/gim)).toEqual([
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    ]);
    expect(world.arrived()).toContain(`x-key: ${world.secret}`);
  });

  it('is not asked where a caller sends half a handshake', async () => {
    world.reset((head) => agree(head));
    const halves = [
      handshake('/').replace(/Sec-WebSocket-Key: .*\r\n/, ''),
      handshake('/').replace('Version: 13', 'Version: 8'),
      handshake('/', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='),
    ];
    for (const half of halves) expect(outcome(await world.inside(half))).toBe('bad_request');
    expect(world.arrived()).toBe('');
  });
});

describe('bytes behind a handshake', () => {
  it('are frames, and never another request', async () => {
    const { toCaller, toDestination } = await talk(world, '/', { caller: [Buffer.from(get('/smuggled'))] });
    expect(closeCode(toCaller)).toBe(1002);
    expect(toDestination.includes('smuggled')).toBe(false);
    expect(world.arrived()).not.toContain('/smuggled');
  });

  it('that came with it are read once it is agreed to', async () => {
    const received: Buffer[] = [];
    world.reset((head, upstream) => {
      upstream.removeAllListeners('data').on('data', (bytes) => received.push(bytes));
      return agree(head);
    });
    const socket: Socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.concat([Buffer.from(handshake('/')), frame(text, 'early', masked)]));
    while (framesIn(Buffer.concat(received)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(framesIn(Buffer.concat(received))[0]?.payload.toString()).toBe('early');
    socket.destroy();
  });
});
