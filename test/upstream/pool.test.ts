import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Deadlines } from '../../src/core/deadline.js';
import { defaultLimits, type Limits } from '../../src/core/limits.js';
import { Refusal } from '../../src/core/refusal.js';
import type { UpstreamConnection } from '../../src/upstream/connection.js';
import { Pool } from '../../src/upstream/pool.js';
import { readUntil, socketPair, type SocketPair } from '../support/socket-pair.js';
import { message, RecordedAnswer } from './exchange.js';

const pairs: SocketPair[] = [];
afterEach(() => {
  for (const { near, far } of pairs.splice(0)) for (const socket of [near, far]) socket.destroy();
});

async function dial(): Promise<Socket> {
  const pair = await socketPair();
  pairs.push(pair);
  return pair.near;
}

/** A pool that is asked for connections of HTTP/1.1. */
function pool(limits: Partial<Limits> = {}, dialler: () => Promise<Socket> = dial) {
  const one = new Pool(dialler, { ...defaultLimits, ...limits }, new Deadlines());
  return {
    acquire: () =>
      one.acquire('http/1.1', 'desk', { gone: false, onGone: undefined }) as
        UpstreamConnection | Promise<UpstreamConnection>,
    retire: () => one.retire(),
    close: () => one.close(),
  };
}

/** One whole exchange on it, after which it is idle or closed. */
async function use(connection: UpstreamConnection, more = ''): Promise<void> {
  const { far } = pairs.filter(({ near }) => !near.destroyed).at(-1) as SocketPair;
  const answer = new RecordedAnswer();
  connection.send(message(), answer);
  await readUntil(far, /\r\n\r\n$/);
  far.write(`HTTP/1.1 200 OK\r\n${more}Content-Length: 2\r\n\r\nok`);
  await answer.settled();
  expect(answer.failures).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const settledOrNot = async (promise: Promise<unknown>): Promise<string> =>
  Promise.race([
    promise.then(
      () => 'settled',
      () => 'settled',
    ),
    turn()
      .then(turn)
      .then(() => 'waits'),
  ]);

describe('a pool at its limit', () => {
  it('makes the next one wait, and gives it the connection that comes free', async () => {
    const one = pool({ upstreamConnections: 1 });
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    expect(await settledOrNot(second)).toBe('waits');
    await use(first);
    expect(await second).toBe(first);
    expect(pairs).toHaveLength(1);
  });

  it('opens another one for it where the first has ended', async () => {
    const one = pool({ upstreamConnections: 1 });
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    await use(first, 'Connection: close\r\n');
    expect(await second).not.toBe(first);
  });

  it('refuses who has waited too long, and nobody else', async () => {
    const one = pool({ upstreamConnections: 1, responseTimeout: 60 });
    const first = await one.acquire();
    await expect(one.acquire()).rejects.toMatchObject({ code: 'destination_timeout' });
    first.end();
    expect(await one.acquire()).not.toBe(first);
  });

  it('does not lose a place, a connection or another one that waits when opening takes longer than the wait', async () => {
    let opened: (() => void)[] = [];
    const slowly = async (): Promise<Socket> => {
      if (pairs.length > 0) await new Promise<void>((resolve) => opened.push(resolve));
      return dial();
    };
    const one = pool({ upstreamConnections: 1, responseTimeout: 100 }, slowly);
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    first.end();
    await new Promise((resolve) => setTimeout(resolve, 80));
    const third = one.acquire() as Promise<UpstreamConnection>;
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const open of opened.splice(0)) open();
    (await second).end();
    await turn();
    for (const open of opened.splice(0)) open();
    expect((await third).closed).toBe(false);
    opened = [];
  });

  it('gives each that waits its own try where a destination cannot be reached, and has all its places afterwards', async () => {
    let works = true;
    const one = pool({ upstreamConnections: 2 }, () =>
      works ? dial() : Promise.reject(new Refusal('destination_unreachable')),
    );
    const taken = await Promise.all([one.acquire(), one.acquire()]);
    const waiting = Promise.allSettled([one.acquire(), one.acquire(), one.acquire()]);
    works = false;
    for (const connection of taken) connection.end();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    works = true;
    await Promise.all([one.acquire(), one.acquire()]);
    expect(await settledOrNot(one.acquire() as Promise<unknown>)).toBe('waits');
  });

  it('hands on what was given back unused', async () => {
    const one = pool({ upstreamConnections: 1 });
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    first.release();
    expect(await second).toBe(first);
    expect([first.closed, first.used]).toEqual([false, false]);
  });
});

describe('a pool', () => {
  it('does not take a connection whose end was told before anybody listened', async () => {
    const one = pool({ upstreamConnections: 1 }, async () => (await dial()).destroy());
    for (let i = 0; i < 3; i += 1) await expect(one.acquire()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('uses the connection used last, and none that has ended', async () => {
    const one = pool();
    const first = await one.acquire();
    await use(first);
    expect(one.acquire()).toBe(first);
    first.release();
    pairs[0]?.far.end();
    while (!first.closed) await turn();
    expect(await one.acquire()).not.toBe(first);
  });

  it('that is retired ends what is idle, lets what waits be served, and keeps nothing', async () => {
    const one = pool({ upstreamConnections: 1 });
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    one.retire();
    await use(first);
    expect(await second).toBe(first);
    first.release();
    expect(first.closed).toBe(true);
  });

  it('that is closed refuses who waits', async () => {
    const one = pool({ upstreamConnections: 1 });
    const first = await one.acquire();
    const second = one.acquire() as Promise<UpstreamConnection>;
    one.close();
    await expect(second).rejects.toMatchObject({ code: 'draining' });
    first.release();
    expect(first.closed).toBe(true);
  });
});
