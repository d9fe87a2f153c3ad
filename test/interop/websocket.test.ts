import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { closed, gateway, nextMessage, startWebSockets, type WebSocketWorld } from './web-sockets.js';

const mask = (text: string): string => '*'.repeat(text.length);

let world: WebSocketWorld;

beforeAll(async () => {
  world = await startWebSockets(
    `  - { name: plain, hosts: [${gateway}], paths: [/plain] }
  - name: gateway
    hosts: [${gateway}]
    inject: [{ place: header, name: authorization, template: "Bearer {discord}" }, { place: ws, pointer: /d/token, template: "{discord}", mode: substitute }]`,
    { server: { perMessageDeflate: { threshold: 0 }, handleProtocols: (offered) => (offered.has('b') ? 'b' : false) } },
  );
});
afterAll(() => world.close());

const compressions = [
  ['uncompressed', {}],
  ['compressed', { perMessageDeflate: { threshold: 0 } }],
  [
    'compressed without a context',
    { perMessageDeflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true } },
  ],
  [
    'compressed in small windows',
    { perMessageDeflate: { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 } },
  ],
].map(([name, options]) => [name as string, name === 'uncompressed' ? { perMessageDeflate: false } : options] as const);

describe.each(compressions)('a WebSocket whose handshake carries a credential, %s', (_, options) => {
  it('has it in the handshake, and masked in all that comes back', async () => {
    let authorization: string | undefined;
    world.behave((socket, request) => {
      ({ authorization } = request.headers);
      socket.on('message', (bytes, binary) => socket.send(bytes as Buffer, { binary }));
      socket.send(`hello ${world.secret}, ${world.secret}!`);
    });
    const messages: { bytes: Buffer; binary: boolean }[] = [];
    const client = await world.open('/', [], options);
    client.on('message', (bytes: Buffer, binary) => messages.push({ bytes, binary }));
    const sent = randomBytes(100_000);
    client.send(`ünï ${'x'.repeat(2000)}`);
    client.send(sent);
    client.send('');
    while (messages.length < 4) await once(client, 'message');
    expect(authorization).toBe(`Bearer ${world.secret}`);
    expect(messages[0]?.bytes.toString()).toBe(`hello ${mask(world.secret)}, ${mask(world.secret)}!`);
    expect(messages[1]?.bytes.toString()).toBe(`ünï ${'x'.repeat(2000)}`);
    expect([messages[2]?.bytes.equals(sent), messages[2]?.binary]).toEqual([true, true]);
    expect(messages[3]).toEqual({ bytes: Buffer.alloc(0), binary: false });
    client.close();
    await closed(client);
    expect(await world.ended()).toMatchObject({ code: 'ok', status: 101, masked: 2 });
    expect(world.proxy.alarms.at(-1)).toMatchObject({ kind: 'credential_echoed', occurrences: 2 });
  });

  it('puts it in the place of a message that the policy names, and changes nothing else', async () => {
    world.behave((socket) =>
      socket.on('message', (bytes: Buffer) => socket.send(Buffer.from(bytes).reverse(), { binary: true })),
    );
    const client = await world.open('/?v=10&encoding=json', [], options);
    const text = (token: string): string =>
      `{ "op":2, "d":{"a":"\\u00e9 ü", "token" : "Bot ${token}" , "big":12345678901234567890 } }`;
    client.send(text(world.placeholder));
    const { bytes } = await nextMessage(client);
    expect(Buffer.from(bytes).reverse().toString()).toBe(text(world.secret));
    client.close();
    await closed(client);
    const use = world.proxy
      .records()
      .filter(({ kind }) => kind === 'use')
      .at(-1);
    expect(use).toMatchObject({ injected: ['header authorization', 'ws /d/token'] });
  });

  it('masks what was cut into fragments, in binary, in pings, in pongs and in the reason of a close', async () => {
    world.behave((socket) => {
      const [begin, end] = [world.secret.slice(0, 9), world.secret.slice(9)];
      socket.send(`a ${begin}`, { fin: false });
      socket.ping(world.secret);
      socket.send('', { fin: false });
      socket.send(`${end} b`);
      socket.send(Buffer.from(`\0${world.secret}\0`), { binary: true });
      socket.pong(world.secret);
      socket.close(4001, `no ${world.secret}`);
    });
    const heard: unknown[] = [];
    const client = await world.open('/', [], { ...options, autoPong: false });
    client.on('message', (bytes: Buffer, binary) => heard.push([bytes.toString(), binary]));
    client.on('ping', (bytes) => heard.push(['ping', bytes.toString()]));
    client.on('pong', (bytes) => heard.push(['pong', bytes.toString()]));
    expect(await closed(client)).toEqual({ code: 4001, reason: `no ${mask(world.secret)}` });
    expect(heard).toEqual([
      ['ping', mask(world.secret)],
      [`a ${mask(world.secret)} b`, false],
      [`\0${mask(world.secret)}\0`, true],
      ['pong', mask(world.secret)],
    ]);
    expect(await world.ended()).toMatchObject({ code: 'ok', masked: 5 });
  });
});

describe('a WebSocket through the proxy', () => {
  it.each([
    ['32 MiB uncompressed', 512, false],
    ['8 MiB compressed', 128, { threshold: 0 }],
  ])('carries %s in one message, both ways', async (_, blocks, perMessageDeflate) => {
    world.behave((socket) => socket.on('message', (bytes: Buffer) => socket.send(bytes, { compress: false })));
    const client = await world.open('/', [], { perMessageDeflate });
    const block = Buffer.concat([randomBytes(64 * 1024), Buffer.from(world.secret)]);
    const sent = Buffer.concat(Array.from({ length: blocks }, () => block));
    client.send(sent, { compress: false });
    const { bytes } = await nextMessage(client);
    expect(bytes.length).toBe(sent.length);
    expect(bytes.includes(world.secret)).toBe(false);
    expect(bytes.subarray(0, 64 * 1024).equals(sent.subarray(0, 64 * 1024))).toBe(true);
    client.terminate();
    expect(await world.ended()).toMatchObject({ masked: blocks });
  });

  it('keeps ten thousand small messages in order, both ways', async () => {
    world.behave((socket) => socket.on('message', (bytes) => socket.send(bytes as Buffer, { binary: false })));
    const client = await world.open('/', [], { perMessageDeflate: false });
    const received: number[] = [];
    const all = new Promise<void>((resolve) =>
      client.on('message', (bytes: Buffer) => {
        received.push(Number(bytes.toString()));
        if (received.length === 10_000) resolve();
      }),
    );
    for (let i = 0; i < 10_000; i += 1) client.send(String(i));
    await all;
    expect(received).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    client.terminate();
  });

  it('agrees to a subprotocol', async () => {
    world.behave(() => undefined);
    const client = await world.open('/', ['a', 'b']);
    expect(client.protocol).toBe('b');
    client.terminate();
  });

  it.each([1000, 1001, 1011, 3000, 4999])('is closed with %d by either side', async (code) => {
    const there = new Promise<WebSocket>((resolve) => world.behave(resolve));
    const client = await world.open('/');
    client.close(code, 'bye');
    expect(await closed(await there)).toEqual({ code, reason: 'bye' });
    world.behave((socket) => socket.close(code, 'bye'));
    expect(await closed(await world.open('/'))).toEqual({ code, reason: 'bye' });
  });

  it('is closed without a code where none was given', async () => {
    const there = new Promise<WebSocket>((resolve) => world.behave(resolve));
    const client = await world.open('/');
    client.close();
    expect(await closed(await there)).toEqual({ code: 1005, reason: '' });
  });

  it('breaks on one side when it breaks on the other', async () => {
    const there = new Promise<WebSocket>((resolve) => world.behave(resolve));
    const client = await world.open('/');
    client.terminate();
    expect(await closed(await there)).toEqual({ code: 1006, reason: '' });
    world.behave((socket) => socket.terminate());
    expect(await closed(await world.open('/'))).toEqual({ code: 1006, reason: '' });
  });

  it('passes pings and answers to them, both ways', async () => {
    const pings: string[] = [];
    world.behave((socket) => {
      socket.on('ping', (bytes) => pings.push(bytes.toString()));
      socket.once('pong', (bytes) => socket.send(`pong ${bytes.toString()}`));
      socket.ping('there');
    });
    const client = await world.open('/');
    const answered = nextMessage(client);
    client.ping('here');
    expect((await once(client, 'pong'))[0]).toEqual(Buffer.from('here'));
    expect((await answered).bytes.toString()).toBe('pong there');
    expect(pings).toEqual(['here']);
    client.terminate();
  });

  it('that carries no credential is passed on as it is', async () => {
    world.behave((socket) => socket.send(world.secret));
    const client = await world.open('/plain');
    expect((await nextMessage(client)).bytes.toString()).toBe(world.secret);
    client.terminate();
  });
});

describe('a reader that is slow', () => {
  it('holds the destination back', async () => {
    let sent = 0;
    const piece = Buffer.alloc(256 * 1024, 'x');
    let there: WebSocket | undefined;
    world.behave((socket) => {
      there = socket;
      const next = (): void => {
        sent += 1;
        if (sent < 240) socket.send(piece, { compress: false }, next);
      };
      next();
    });
    const client = await world.open('/', [], { perMessageDeflate: false });
    client.pause();
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    // Of 60 MiB, what the buffers of four sockets hold.
    expect(sent).toBeLessThan(120);
    let received = 0;
    client.on('message', () => (received += 1));
    client.resume();
    while (received < 239) await once(client, 'message');
    expect(there?.bufferedAmount).toBe(0);
    client.terminate();
  });

  it('of pings does too, whatever comes: a flood of them does not pile up', async () => {
    let sent = 0;
    let going = true;
    world.behave((socket) => {
      const next = (): void => {
        sent += 1;
        if (going) socket.ping('x'.repeat(125), false, next);
      };
      for (let i = 0; i < 64; i += 1) next();
    });
    const client = await world.open('/', [], { autoPong: false });
    client.pause();
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(sent).toBeGreaterThan(1000);
    expect(sent).toBeLessThan(200_000);
    going = false;
    client.terminate();
  });
});
