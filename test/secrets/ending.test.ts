import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Fetched, SecretEvent } from '../../src/secrets/index.js';
import { createSecrets } from '../../src/secrets/lease.js';
import { desk, hold, lasting, leaseOf, minute, pass } from './holding.js';

const never = (): Promise<never> => new Promise(() => undefined);
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a fetch under way at the end', () => {
  it('waits a little for the answer of a source, which is told to stop only then: a lease in it goes back', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const signals: AbortSignal[] = [];
    const { use, secrets } = hold(
      ({ signal }) =>
        new Promise((resolve, reject) => {
          answer = resolve;
          signals.push(signal);
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    const waiting = use();
    const closing = secrets.close();
    await expect(waiting).rejects.toMatchObject({ code: 'draining' });
    await pass(1900);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    const lease = leaseOf(minute);
    answer(lasting(minute, { lease }));
    await closing;
    expect(lease.revoke).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells that a lease may live on where the answer of its source did not come', async () => {
    const { use, secrets, events } = hold(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const waiting = use();
    const closing = secrets.close();
    await expect(waiting).rejects.toMatchObject({ code: 'draining' });
    await pass(2000);
    await closing;
    expect(events.map(({ event, reason }) => [event, reason?.message])).toEqual([
      ['unrevoked', 'the answer of its source did not come before the end: a lease may live on'],
    ]);
  });
});

describe('the end', () => {
  it('takes twenty seconds in all for leases, and two more for the login, whatever secret_timeout is', async () => {
    const events: SecretEvent[] = [];
    const begin = Date.now();
    let loginAt = 0;
    const backend = {
      origins: [],
      close: (until?: AbortSignal) =>
        new Promise<void>((resolve) => {
          loginAt = Date.now() - begin;
          until?.addEventListener('abort', () => resolve());
        }),
    };
    // Ten come back in three seconds each; then nothing does.
    let back = 0;
    const slow = (): Promise<void> => new Promise((resolve) => (back += 1) <= 10 && setTimeout(resolve, 3000));
    const names = Array.from({ length: 40 }, (_, index) => `s${String(index)}`);
    const one = (name: string) => ({
      kind: 'test',
      backend,
      source: { fetch: () => Promise.resolve(lasting(minute, { lease: { id: name, revoke: slow } })) },
      mayGoTo: () => true,
    });
    const secrets = createSecrets({
      sources: new Map(names.map((name) => [name, one(name)])),
      backends: [backend],
      limits: { secretTimeout: 19_000 },
      clock: { now: () => Date.now(), elapsed: () => Date.now() },
      onEvent: (event) => void events.push(event),
    });
    for (const name of names) await secrets.acquire(name, desk);
    const closing = secrets.close().then(() => Date.now() - begin);
    await pass(40_000);
    expect([loginAt, await closing]).toEqual([20_000, 22_000]);
    const told = events.map(({ event }) => event);
    expect(told.filter((event) => event === 'revoked')).toHaveLength(10);
    expect(told.filter((event) => event === 'unrevoked')).toHaveLength(30);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes no longer than it needs', async () => {
    const lease = leaseOf(minute);
    const { use, secrets } = hold(() => Promise.resolve(lasting(minute, { lease })));
    await use();
    await secrets.close();
    expect(lease.revoke).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is bounded where the source neither answers nor listens', async () => {
    const { use, secrets } = hold(never);
    const waiting = use();
    const closing = secrets.close();
    await expect(waiting).rejects.toMatchObject({ code: 'draining' });
    await pass(3000);
    await closing;
    expect(jest.getTimerCount()).toBe(0);
  });
});
