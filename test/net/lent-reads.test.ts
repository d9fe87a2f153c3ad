import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lendingReads, takeReads } from '../../src/net/lent-reads.js';

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

async function pair(lends = true): Promise<{ socket: Socket; far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = lends
    ? lendingReads((onread) => connect({ host: '127.0.0.1', port, onread }))
    : connect({ host: '127.0.0.1', port });
  const [far] = await accepted;
  open.push(() => {
    socket.destroy();
    far.destroy();
    server.close();
  });
  return { socket, far };
}

async function until(settled: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !settled(); i += 1) await delay(10);
  expect(settled()).toBe(true);
}

describe('a socket that lends its reads', () => {
  it('reads into the same memory again, which is written over', async () => {
    const { socket, far } = await pair();
    const lent: Buffer[] = [];
    const kept: string[] = [];
    takeReads(socket, (bytes) => {
      lent.push(bytes);
      kept.push(bytes.toString());
    });
    far.write('first');
    await until(() => kept.length === 1);
    far.write('other');
    await until(() => kept.length === 2);
    expect(kept).toEqual(['first', 'other']);
    expect(lent.map(String)).toEqual(['other', 'other']);
  });

  it('is a stream until somebody takes them, who gets what has come in order', async () => {
    const { socket, far } = await pair();
    far.write('a');
    await until(() => socket.bytesRead === 1);
    far.write('b');
    await until(() => socket.bytesRead === 2);
    const got: string[] = [];
    takeReads(socket, (bytes) => got.push(bytes.toString()));
    far.write('c');
    await until(() => got.join('') === 'abc');
  });

  it('is a stream again afterwards: what it keeps stays as it was', async () => {
    const { socket, far } = await pair();
    const got: string[] = [];
    const stop = takeReads(socket, (bytes) => {
      got.push(bytes.toString());
      stop();
      socket.pause();
      socket.unshift(Buffer.from('rest '));
    });
    far.write('switch');
    await until(() => got.length === 1);
    const text: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => text.push(bytes)).resume();
    for (const word of ['one ', 'two']) {
      far.write(word);
      await until(() => Buffer.concat(text).toString().endsWith(word));
    }
    expect(Buffer.concat(text).toString()).toBe('rest one two');
    expect(got).toEqual(['switch']);
  });

  it('holds the other side back while it is paused, and goes on', async () => {
    const { socket, far } = await pair();
    let taken = 0;
    takeReads(socket, (bytes) => {
      taken += bytes.length;
      socket.pause();
    });
    const size = 16 * 1024 * 1024;
    far.end(Buffer.alloc(size));
    await until(() => taken > 0);
    await delay(50);
    expect(taken).toBeLessThan(size / 4);
    const ended = once(socket, 'end');
    while (taken < size) {
      socket.resume();
      await delay(1);
    }
    socket.resume();
    await ended;
    expect(taken).toBe(size);
  });

  it('tells of its end and of a reset as any other does', async () => {
    const { socket, far } = await pair();
    takeReads(socket, () => undefined);
    const ended = once(socket, 'end');
    far.end();
    await ended;
    const other = await pair();
    takeReads(other.socket, () => undefined);
    const failed = once(other.socket, 'error');
    other.far.resetAndDestroy();
    expect(((await failed) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
  });
});

it('a socket that lends nothing hands its pieces over', async () => {
  const { socket, far } = await pair(false);
  const got: string[] = [];
  const stop = takeReads(socket, (bytes) => got.push(bytes.toString()));
  far.write('a');
  await until(() => got.join('') === 'a');
  stop();
  far.write('b');
  await delay(30);
  expect(got).toEqual(['a']);
});
