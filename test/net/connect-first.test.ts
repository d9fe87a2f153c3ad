import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { connectFirst, tcpTo } from '../../src/net/connect-first.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(port = 0, host = '127.0.0.1'): Promise<number> {
  const server = net.createServer((socket) => closing.push(() => socket.destroy()));
  closing.push(() => server.close());
  await once(server.listen(port, host), 'listening');
  return (server.address() as AddressInfo).port;
}

/** An address that never answers a handshake: a process listens there and accepts nothing, and its queue is full. */
async function silent(port: number): Promise<string> {
  const host = '127.0.0.88';
  const program = `
    const server = require('node:net').createServer().listen({ port: ${port}, host: '${host}', backlog: 1 }, () => {
      require('node:fs').writeSync(1, 'listening');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const queued = Array.from({ length: 4 }, () => net.connect(port, host).on('error', () => undefined));
  closing.push(() => queued.forEach((socket) => socket.destroy()));
  await Promise.all(queued.slice(0, 2).map((socket) => once(socket, 'connect')));
  return host;
}

const patient = new AbortController().signal;

describe('connecting', () => {
  it('refuses where every address does, with the reason of the first', async () => {
    const port = await listening();
    await expect(connectFirst(['127.0.0.77', '127.0.0.78'], tcpTo(port), patient)).rejects.toMatchObject({
      code: 'destination_unreachable',
      cause: { code: 'ECONNREFUSED', address: '127.0.0.77' },
    });
  });

  it('ends with its signal, and gives its reason', async () => {
    const gone = new Refusal('draining');
    await expect(connectFirst(['127.0.0.1'], tcpTo(1), AbortSignal.abort(gone))).rejects.toBe(gone);
  });

  it('has nowhere to go without an address', () => {
    expect(() => connectFirst([], tcpTo(1), patient)).toThrow(TypeError);
  });

  it('goes on to the next address at once where one fails', async () => {
    const port = await listening();
    const started = performance.now();
    const socket = await connectFirst(['127.0.0.77', '127.0.0.78', '127.0.0.1'], tcpTo(port), patient);
    closing.push(() => socket.destroy());
    expect(socket.remoteAddress).toBe('127.0.0.1');
    // Two waits would take 500.
    expect(performance.now() - started).toBeLessThan(450);
  });

  it('lets the families take turns', async () => {
    const port = await listening(0, '::1');
    await listening(port, '127.0.0.1');
    const socket = await connectFirst([await silent(port), '127.0.0.1', '::1'], tcpTo(port), patient);
    closing.push(() => socket.destroy());
    expect(socket.remoteAddress).toBe('::1');
  });

  it('begins the next attempt beside one that does not answer, and closes what lost', async () => {
    const port = await listening();
    const host = await silent(port);
    const started = performance.now();
    const socket = await connectFirst([host, '127.0.0.1'], tcpTo(port), patient);
    closing.push(() => socket.destroy());
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(performance.now() - started).toBeGreaterThan(200);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('does not wait longer than its signal for one that does not answer', async () => {
    const port = await listening();
    const host = await silent(port);
    const late = new Refusal('destination_timeout');
    const controller = new AbortController();
    const dialled = connectFirst([host], tcpTo(port), controller.signal);
    controller.abort(late);
    await expect(dialled).rejects.toBe(late);
  });
});
