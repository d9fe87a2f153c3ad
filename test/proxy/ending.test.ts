import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { cutOff, endGently, refuseSocket } from '../../src/proxy/ending.js';
import { readUntil, socketPair } from '../support/socket-pair.js';

describe('a connection that ends gently', () => {
  it('gives the caller the answer whole, though it still sends', async () => {
    const { near, far } = await socketPair({ allowHalfOpen: true });
    far.write(Buffer.alloc(300_000));
    near.write('answer');
    endGently(near);
    expect(await readUntil(far, /never/)).toBe('answer');
    far.destroy();
  });

  it.each([
    ['gives a caller that reads slowly its time', 60_000, 50_000, false],
    ['cuts one that reads nothing for longer', 60_000, 61_000, true],
    ['has no more patience than it is told', undefined, 3000, true],
  ])('%s', (_, patience, after, destroyed) => {
    jest.useFakeTimers();
    const slow = new Duplex({ read: () => undefined, write: () => undefined }) as unknown as Socket;
    slow.write('answer');
    endGently(slow, patience);
    jest.advanceTimersByTime(after);
    expect(slow.destroyed).toBe(destroyed);
    slow.destroy();
    jest.useRealTimers();
  });

  it('is closed soon once all has gone out, whatever the caller still sends', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const quick = new Duplex({ read: () => undefined, write: (_, __, done) => done() }) as unknown as Socket;
    endGently(quick, 60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(quick.writableFinished).toBe(true);
    jest.advanceTimersByTime(2100);
    expect(quick.destroyed).toBe(true);
    jest.useRealTimers();
  });
});

it('a connection that is cut is reset: nothing takes it for a whole answer', async () => {
  const { near, far } = await socketPair();
  near.write('HTTP/1.1 200 OK\r\n\r\nhalf');
  await once(far, 'data');
  const error = once(far, 'error');
  cutOff(near);
  expect(await error).toMatchObject([{ code: 'ECONNRESET' }]);
});

it('a bare socket is told the refusal and that it ends', async () => {
  const { near, far } = await socketPair({ allowHalfOpen: true });
  refuseSocket(near, 'an-id', new Refusal('bad_request'));
  const text = await readUntil(far, /never/);
  expect(text).toMatch(/^HTTP\/1\.1 400 [^]*\r\nconnection: close\r\n[^]*"request_id":"an-id"/);
  far.destroy();
});
