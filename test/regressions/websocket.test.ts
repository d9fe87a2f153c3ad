import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { binary, close, closeCode, frame, framesIn, ping, text } from './web-socket-frames.js';
import { deflate, deflated, handshake, masked, talk } from './web-socket-talk.js';
import { api, get, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: open, hosts: [${api}], paths: [/open/**] }
  - name: gateway
    hosts: [${api}]
    paths: [/gateway/**]
    inject: [{ place: ws, pointer: /d/token, template: "{api}", mode: substitute }]
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: x-key, template: "{api}" }]
limits: { drain_timeout: 300ms, websocket_message: 64KiB }
`,
  });
});
afterAll(() => world.close());

describe('a placeholder in a message of the caller', () => {
  const at = (token: string): string => JSON.stringify({ op: 2, d: { token } });
  const misplaced: [string, string, () => Buffer][] = [
    ['on a connection without credentials', '/open/', () => frame(text, at(world.placeholder), masked)],
    ['on one whose handshake carries the credential', '/', () => frame(text, at(world.placeholder), masked)],
    ['at another pointer', '/gateway/', () => frame(text, JSON.stringify({ d: { other: world.placeholder } }), masked)],
    [
      'at the pointer, and again',
      '/gateway/',
      () => frame(text, JSON.stringify({ d: { token: world.placeholder }, e: world.placeholder }), masked),
    ],
    ['twice in the string', '/gateway/', () => frame(text, at(world.placeholder.repeat(2)), masked)],
    ['in a binary message', '/gateway/', () => frame(binary, at(world.placeholder), masked)],
    ['in what is no JSON', '/gateway/', () => frame(text, `${at(world.placeholder)},`, masked)],
    [
      'in one of two members of a name',
      '/gateway/',
      () => frame(text, `{"d":{"token":"a","token":"${world.placeholder}"}}`, masked),
    ],
    [
      'as a member',
      '/gateway/',
      () => frame(text, JSON.stringify({ d: { token: { [world.placeholder]: 1 } } }), masked),
    ],
    ['in base64', '/gateway/', () => frame(text, at(Buffer.from(`x ${world.placeholder}`).toString('base64')), masked)],
    ['percent-encoded', '/gateway/', () => frame(text, at(world.placeholder.replace('0', '%30')), masked)],
    [
      'beside itself in base64',
      '/gateway/',
      () => frame(text, at(`${world.placeholder} ${Buffer.from(world.placeholder).toString('base64')}`), masked),
    ],
    [
      'cut into fragments',
      '/gateway/',
      () =>
        Buffer.concat([
          frame(0x01, world.placeholder.slice(0, 9), masked),
          frame(0x80, world.placeholder.slice(9), masked),
        ]),
    ],
    ['in a ping', '/gateway/', () => frame(ping, world.placeholder, masked)],
    ['in a pong', '/gateway/', () => frame(0x8a, world.placeholder, masked)],
    [
      'in the reason of a close',
      '/gateway/',
      () => frame(close, Buffer.concat([Buffer.from([0x0f, 0xa0]), Buffer.from(world.placeholder)]), masked),
    ],
  ];

  it.each(misplaced)('ends the connection: %s', async (_, path, bytes) => {
    const { toCaller, toDestination, record } = await talk(world, path, {
      caller: [bytes(), frame(text, 'next', masked)],
    });
    expect(closeCode(toCaller)).toBe(1008);
    expect(closeCode(toDestination)).toBe(1008);
    expect(framesIn(toDestination)).toHaveLength(1);
    expect(record).toMatchObject({ kind: 'end', code: 'placeholder_misplaced' });
    expect(world.proxy.alarms.at(-1)).toMatchObject({ kind: 'placeholder_misplaced' });
    expect(world.leaks(toCaller.toString('latin1'))).toEqual([]);
    expect(toDestination.includes(world.secret)).toBe(false);
  });

  it('that is compressed ends the connection too', async () => {
    const { toDestination, record } = await talk(world, '/', {
      lines: [deflate],
      caller: [frame(0xc1, deflated(world.placeholder), masked)],
    });
    expect(closeCode(toDestination)).toBe(1008);
    expect(record).toMatchObject({ code: 'placeholder_misplaced' });
  });

  it('stands for the secret at the place of the policy alone, masked with a key of its own', async () => {
    const bye = frame(close, '', masked);
    const { toDestination, record } = await talk(world, '/gateway/', {
      caller: [frame(text, at(world.placeholder), masked), bye],
      destination: [frame(close, '')],
    });
    const [message] = framesIn(toDestination);
    expect(message).toMatchObject({ first: text, masked: true });
    expect(message?.payload.toString()).toBe(at(world.secret));
    // In the clear it would show a destination's neighbour what a cache could be poisoned with (RFC 6455 section 10.3).
    expect(toDestination.includes(world.secret)).toBe(false);
    expect(record).toMatchObject({ kind: 'end', code: 'ok' });
    expect(world.proxy.records().at(-2)).toMatchObject({
      kind: 'use',
      injected: ['ws /d/token'],
      secrets: [{ name: 'api' }],
    });
  });

  it('in a request that is no WebSocket has no place', async () => {
    world.reset();
    expect(outcome(await world.inside(get(`/gateway/?${world.placeholder}`)))).toBe('placeholder_misplaced');
    expect(outcome(await world.inside(handshake(`/gateway/?${world.placeholder}`)))).toBe('placeholder_misplaced');
    expect(world.arrived()).toBe('');
  });
});

describe('frames that break the protocol', () => {
  it.each<[string, number, () => readonly Buffer[]]>([
    ['an unmasked one', 1002, () => [frame(text, 'hello')]],
    ['a reserved bit', 1002, () => [frame(0xa1, 'hello', masked)]],
    ['a compressed one where nothing was agreed', 1002, () => [frame(0xc1, 'hello', masked)]],
    ['an unknown operation', 1002, () => [frame(0x83, 'hello', masked)]],
    ['a continuation of nothing', 1002, () => [frame(0x80, 'hello', masked)]],
    ['a ping in pieces', 1002, () => [frame(0x09, 'hello', masked)]],
    ['a ping that is too long', 1002, () => [frame(ping, 'x'.repeat(126), masked)]],
    ['a close with half a code', 1002, () => [frame(close, 'x', masked)]],
    ['a close with a code that is never sent', 1002, () => [frame(close, Buffer.from([0x03, 0xee]), masked)]],
    ['text that is no UTF-8', 1007, () => [frame(text, Buffer.from([0xff, 0xfe]), masked)]],
    ['a message that is too large', 1009, () => [frame(binary, '', { masked: true, length: 64 * 1024 + 1 })]],
    [
      'one that is so in fragments',
      1009,
      () => Array.from({ length: 9 }, (_, i) => frame(i === 0 ? 2 : 0, 'x'.repeat(8192), masked)),
    ],
  ])('from a caller end both connections: %s', async (_, code, caller) => {
    const { toCaller, toDestination, record } = await talk(world, '/', { caller: caller() });
    expect([closeCode(toCaller), closeCode(toDestination)]).toEqual([code, code]);
    expect(framesIn(toDestination)).toHaveLength(1);
    expect(record).toMatchObject({ code: code === 1009 ? 'body_too_large' : 'bad_request' });
  });

  it.each<[string, number, () => readonly Buffer[]]>([
    ['a masked one', 1002, () => [frame(text, 'hello', masked)]],
    ['a message that is too large', 1009, () => [frame(text, '', { length: 2 ** 33 })]],
    ['text that is no UTF-8', 1007, () => [frame(text, Buffer.from([0xc3]))]],
    ['bytes that are none', 1002, () => [Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')]],
  ])('from a destination end both connections: %s', async (_, code, destination) => {
    const { toCaller, toDestination, record } = await talk(world, '/', { destination: destination() });
    expect([closeCode(toCaller), closeCode(toDestination)]).toEqual([code, code]);
    expect(framesIn(toCaller)).toHaveLength(1);
    expect(record).toMatchObject({ code: 'destination_protocol' });
  });

  it.each<[string, number, () => Buffer]>([
    ['expands beyond the limit', 1009, () => deflated(Buffer.alloc(8 * 1024 * 1024))],
    ['cannot be decompressed', 1007, () => Buffer.from('fffefdfcfbfa', 'hex')],
  ])('a compressed message that %s ends both, whoever sends it', async (_, code, bytes) => {
    const from = await talk(world, '/', { lines: [deflate], destination: [frame(0xc2, bytes())] });
    expect([closeCode(from.toCaller), closeCode(from.toDestination)]).toEqual([code, code]);
    const to = await talk(world, '/', { lines: [deflate], caller: [frame(0xc2, bytes(), masked)] });
    expect([closeCode(to.toCaller), closeCode(to.toDestination)]).toEqual([code, code]);
  });
});
