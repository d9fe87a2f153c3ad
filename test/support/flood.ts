import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Serving } from './serve.js';

export const MiB = 1024 * 1024;
/** What memory may differ by between one flood and the next of the same kind: the noise of a garbage collector, no leak. */
export const flat = 48 * MiB;
/** How long another client may wait in the middle of a flood, milliseconds; on this machine other tests run too. */
export const patience = 2000;
/** How many connections a flood has: `KEYWRIGHT_TEST_FLOOD=10000` by hand, as far as descriptors go. */
export const many = Math.min(Number(process.env['KEYWRIGHT_TEST_FLOOD'] ?? 2000), descriptors() - 500);

/** Descriptors this process and the proxy may have, each. */
function descriptors(): number {
  return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
}

export const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await until(socket.resume(), 'close');
};

/** Runs a flood while another client asks again and again: the longest it waited, and the most memory the proxy had. */
export async function during(
  serving: Serving,
  authority: string,
  flood: () => Promise<unknown>,
): Promise<{ waited: number; most: number }> {
  let over = false;
  let [waited, most] = [0, 0];
  const other = (async () => {
    while (!over) {
      const begin = performance.now();
      expect(await serving.get(authority)).toMatch(/^HTTP\/1\.1 200 /);
      waited = Math.max(waited, performance.now() - begin);
      most = Math.max(most, serving.resident());
      await delay(50);
    }
  })();
  await Promise.all([other, flood().finally(() => (over = true))]);
  return { waited, most };
}

/** The first flood makes the heap as large as it gets; another must not make it larger, and nobody else has to wait. */
export async function harmless(serving: Serving, authority: string, flood: () => Promise<unknown>): Promise<void> {
  const [first, last] = [await during(serving, authority, flood), await during(serving, authority, flood)];
  const waited = Math.max(first.waited, last.waited);
  if (process.env['KEYWRIGHT_TEST_FLOOD'] !== undefined) {
    const figures = [first.most / MiB, last.most / MiB, waited].map(Math.round).join(' ');
    process.stderr.write(`${expect.getState().currentTestName ?? ''}: MiB, MiB, ms: ${figures}\n`);
  }
  expect(last.most - first.most).toBeLessThan(flat);
  expect(waited).toBeLessThan(patience);
}

/** Connections by the hundred: a burst of all would time this process, not the proxy. */
export async function each(count: number, one: () => Promise<Socket>): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, count - sockets.length) }, one))));
  }
  return sockets;
}

/** Until this happens, or the connection is closed. */
export async function until(socket: Socket, event: string): Promise<Socket> {
  await new Promise<void>((resolve) => socket.once(event, () => resolve()).once('close', () => resolve()));
  return socket;
}
