import { once } from 'node:events';
import type { Socket } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSecureTunnel } from '../support/proxy.js';
import { binary, close, closeCode, frame, framesIn, ping, text } from './web-socket-frames.js';
import { acceptOf, answered, api, get, inTime, outcome, startWorld, type World } from './world.js';

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

const handshake = (path: string, ...lines: string[]): string =>
  get(
    path,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  );
const agree = (head: string, ...lines: string[]): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(head)}`,
    ...lines,
    '',
    '',
  ].join('\r\n');
const deflate = 'Sec-WebSocket-Extensions: permessage-deflate';
const masked = { masked: true };

interface Conversation {
  /** All that came after the head of the 101, on either side. */
  readonly toCaller: Buffer;
  readonly toDestination: Buffer;
  readonly head: string;
  readonly record: unknown;
}

/** Agrees to a handshake, sends literal frames from either side, and waits until both connections are closed. */
async function talk(
  path: string,
  {
    caller = [],
    destination = [],
    lines = [],
  }: { caller?: readonly Buffer[]; destination?: readonly Buffer[]; lines?: readonly string[] },
): Promise<Conversation> {
  const [toCaller, toDestination]: [Buffer[], Buffer[]] = [[], []];
  let there: Promise<unknown> = Promise.resolve();
  world.reset((head, upstream) => {
    there = once(upstream, 'close');
    upstream
      .removeAllListeners('data')
      .on('data', (bytes) => toDestination.push(bytes))
      .on('end', () => upstream.end());
    return [agree(head, ...lines), ...destination];
  });
  const socket = await openSecureTunnel(world.proxy, `${api}:443`);
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => toCaller.push(bytes))
    .on('end', () => socket.end());
  socket.write(handshake(path, ...lines));
  await once(socket, 'data');
  for (const bytes of caller) socket.write(bytes);
  await inTime(Promise.all([once(socket, 'close'), there]), 8000);
  const all = Buffer.concat(toCaller);
  const end = all.indexOf('\r\n\r\n') + 4;
  for (let i = 0; i < 100 && world.proxy.records().at(-1)?.kind !== 'end'; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    toCaller: all.subarray(end),
    toDestination: Buffer.concat(toDestination),
    head: all.toString('latin1', 0, end),
    record: world.proxy.records().at(-1),
  };
}

/** A permessage-deflate payload (RFC 7692 section 7.2.1). */
const deflated = (bytes: string | Buffer): Buffer => deflateRawSync(bytes, { finishFlush: 2 }).subarray(0, -4);

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
    const { toCaller, toDestination, record } = await talk(path, { caller: [bytes(), frame(text, 'next', masked)] });
    expect(closeCode(toCaller)).toBe(1008);
    expect(closeCode(toDestination)).toBe(1008);
    expect(framesIn(toDestination)).toHaveLength(1);
    expect(record).toMatchObject({ kind: 'end', code: 'placeholder_misplaced' });
    expect(world.proxy.alarms.at(-1)).toMatchObject({ kind: 'placeholder_misplaced' });
    expect(world.leaks(toCaller.toString('latin1'))).toEqual([]);
    expect(toDestination.includes(world.secret)).toBe(false);
  });

  it('that is compressed ends the connection too', async () => {
    const { toDestination, record } = await talk('/', {
      lines: [deflate],
      caller: [frame(0xc1, deflated(world.placeholder), masked)],
    });
    expect(closeCode(toDestination)).toBe(1008);
    expect(record).toMatchObject({ code: 'placeholder_misplaced' });
  });

  it('stands for the secret at the place of the policy alone, masked with a key of its own', async () => {
    const bye = frame(close, '', masked);
    const { toDestination, record } = await talk('/gateway/', {
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
    const { toCaller, toDestination, record } = await talk('/', { caller: caller() });
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
    const { toCaller, toDestination, record } = await talk('/', { destination: destination() });
    expect([closeCode(toCaller), closeCode(toDestination)]).toEqual([code, code]);
    expect(framesIn(toCaller)).toHaveLength(1);
    expect(record).toMatchObject({ code: 'destination_protocol' });
  });

  it.each<[string, number, () => Buffer]>([
    ['expands beyond the limit', 1009, () => deflated(Buffer.alloc(8 * 1024 * 1024))],
    ['cannot be decompressed', 1007, () => Buffer.from('fffefdfcfbfa', 'hex')],
  ])('a compressed message that %s ends both, whoever sends it', async (_, code, bytes) => {
    const from = await talk('/', { lines: [deflate], destination: [frame(0xc2, bytes())] });
    expect([closeCode(from.toCaller), closeCode(from.toDestination)]).toEqual([code, code]);
    const to = await talk('/', { lines: [deflate], caller: [frame(0xc2, bytes(), masked)] });
    expect([closeCode(to.toCaller), closeCode(to.toDestination)]).toEqual([code, code]);
  });

  it('pings between fragments that never end are bounded', async () => {
    const pings = Buffer.concat(Array.from({ length: 300 }, () => frame(ping, 'x'.repeat(125), masked)));
    const pieces = Array.from({ length: 20 }, (_, i) => Buffer.concat([frame(i === 0 ? 1 : 0, 'x', masked), pings]));
    const { toCaller } = await talk('/', { caller: pieces });
    expect(closeCode(toCaller)).toBe(1009);
  });
});

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
    const { toCaller, toDestination } = await talk('/', { caller: [Buffer.from(get('/smuggled'))] });
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
