import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { socketPair } from '../support/socket-pair.js';
import { close, frame, framesIn, ping } from '../regressions/web-socket-frames.js';
import type { Deflate } from '../../src/upstream/websocket-handshake.js';
import { WebSocketSide, type SideOptions } from '../../src/upstream/websocket-side.js';

async function open(more: Partial<SideOptions> = {}) {
  const { near, far } = await socketPair();
  const side = new WebSocketSide(near, { peer: 'destination', deflate: undefined, limit: 1024 * 1024, ...more });
  near.once('close', () => side.release());
  const heard: unknown[] = [];
  const held: (() => void)[] = [];
  let holds = false;
  const listen = (): void =>
    side.start(
      {
        onMessage: (bytes, binary) => heard.push([bytes.toString(), binary]),
        onPing: (bytes) => heard.push(['ping', bytes.length]),
        onPong: (bytes) => heard.push(['pong', bytes.length]),
        onClose: (code) => heard.push(['close', code]),
        onBroken: (code) => {
          heard.push(['broken', code]);
          side.stop();
          near.destroy();
        },
      },
      (resume) => {
        if (holds) held.push(resume);
        else resume();
      },
    );
  const until = async (count: number): Promise<void> => {
    while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return { side, near, far, heard, held, listen, until, hold: () => (holds = true) };
}

const deflated = (bytes: Buffer): Buffer => deflateRawSync(bytes, { finishFlush: 2 }).subarray(0, -4);

describe('what a peer sends without end', () => {
  it('is broken off where pings and fragments never become a message', async () => {
    const { far, heard, listen } = await open({ limit: 1024 });
    listen();
    const pings = Buffer.concat(Array.from({ length: 8000 }, () => frame(ping, 'x'.repeat(125))));
    const ended = new Promise((resolve) => far.once('close', resolve));
    far.resume();
    far.write(frame(1, 'x'));
    for (let i = 0; i < 20; i += 1) far.write(pings);
    await ended;
    expect(heard.at(-1)).toEqual(['broken', 1009]);
  });

  it('is broken off where a message has too many fragments', async () => {
    const { far, heard, listen } = await open();
    listen();
    const ended = new Promise((resolve) => far.once('close', resolve));
    far.resume().write(Buffer.concat([frame(1, ''), ...Array.from({ length: 64 * 1024 }, () => frame(0, 'x'))]));
    await ended;
    expect(heard).toEqual([['broken', 1008]]);
  });

  it('waits unread while there is no room for it, one compressed message as well as many', async () => {
    const { far, heard, held, listen, until, hold } = await open({ deflate: {} });
    hold();
    listen();
    const bomb = frame(0xc2, deflated(Buffer.alloc(512 * 1024)));
    far.write(Buffer.concat([bomb, bomb, bomb]));
    for (let i = 0; i < 3; i += 1) {
      while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      expect(heard).toHaveLength(i);
      held.shift()?.();
      await until(i + 1);
    }
    far.destroy();
  });
});

describe('a frame', () => {
  it.each(['caller', 'destination'] as const)('to a %s is masked as RFC 6455 wants it', async (peer) => {
    const { side, far } = await open({ peer });
    const sent = Buffer.from('hello');
    side.send(sent, false);
    side.ping(sent);
    side.pong(sent);
    side.close(1000, sent);
    side.send(sent, false);
    side.end();
    const received: Buffer[] = [];
    far.on('data', (bytes: Buffer) => received.push(bytes));
    await once(far, 'end');
    const frames = framesIn(Buffer.concat(received));
    expect(frames.map(({ first }) => first)).toEqual([0x81, ping, 0x8a, close]);
    expect(frames.every(({ masked }) => masked === (peer === 'destination'))).toBe(true);
    expect(frames.slice(0, 3).map(({ payload }) => payload.toString())).toEqual(['hello', 'hello', 'hello']);
    expect(sent.toString()).toBe('hello');
    far.destroy();
  });

  it.each<[Deflate, boolean]>([
    [{}, true],
    [{ server_max_window_bits: 9, server_no_context_takeover: true }, true],
    // zlib would make a window of nine bits.
    [{ server_max_window_bits: 8 }, false],
    [{ client_max_window_bits: 8 }, true],
  ])('with %j to a caller is compressed: %s', async (deflate, compressed) => {
    const { side, far } = await open({ peer: 'caller', deflate });
    const sent = Buffer.concat([Buffer.alloc(4096, 'ab'), randomBytes(100)]);
    side.send(sent, true);
    side.end();
    const received: Buffer[] = [];
    far.on('data', (bytes: Buffer) => received.push(bytes));
    await once(far, 'end');
    const [only] = framesIn(Buffer.concat(received));
    expect(only?.first).toBe(compressed ? 0xc2 : 0x82);
    const payload = only?.payload ?? Buffer.alloc(0);
    const windowBits = typeof deflate.server_max_window_bits === 'number' ? deflate.server_max_window_bits : 15;
    const bytes = compressed
      ? inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), { windowBits, finishFlush: 2 })
      : payload;
    expect(bytes.equals(sent)).toBe(true);
    far.destroy();
  });

  it('of a close without a code is told as 1005', async () => {
    const { far, heard, listen, until } = await open();
    listen();
    far.write(Buffer.concat([frame(0x8a, 'x'), frame(close, ''), frame(0x81, 'late')]));
    await until(2);
    expect(heard).toEqual([
      ['pong', 1],
      ['close', 1005],
    ]);
    far.destroy();
  });
});

describe('room', () => {
  it('is there again once what was sent has gone out', async () => {
    const { side, far } = await open({ limit: 64 * 1024 * 1024 });
    side.send(Buffer.alloc(16 * 1024 * 1024), true);
    let free = false;
    side.onceRoom(() => (free = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(free).toBe(false);
    far.resume();
    await new Promise<void>((resolve) => side.onceRoom(resolve));
    expect(free).toBe(true);
    far.destroy();
  });

  it('is waited for by nobody once the connection is closed', async () => {
    const { side, near, far } = await open();
    side.send(Buffer.alloc(16 * 1024 * 1024), true);
    const room = new Promise<void>((resolve) => side.onceRoom(resolve));
    near.destroy();
    await room;
    side.send(Buffer.alloc(1), true);
    far.destroy();
  });
});
