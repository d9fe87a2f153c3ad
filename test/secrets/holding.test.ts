import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import type { Fetched } from '../../src/secrets/index.js';
import { unavailable, type FailureKind } from '../../src/secrets/unavailable.js';
import { whyUnavailable } from './context.js';
import { desk, hold, lasting, minute, pass, type Held } from './holding.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const down = (kind: FailureKind = 'down', retryAfter?: number): Promise<never> =>
  Promise.reject(unavailable('api', 'a test says so', kind, retryAfter));

/** Whose source answers like this in turn, and with the last for ever. */
function answers(...list: (() => Promise<Fetched>)[]): Held {
  let next = 0;
  return hold(() => (list[Math.min(next++, list.length - 1)] ?? down)());
}

describe('a value that is held', () => {
  it('is asked for again at two thirds of its life, and used meanwhile', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { fetch, use } = answers(
      () => Promise.resolve(lasting(30 * minute, { version: 'first' })),
      () => new Promise((resolve) => (answer = resolve)),
    );
    expect(await use()).toBe('first');
    await pass(20 * minute - 1);
    await use();
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    expect([await use(), await use()]).toEqual(['first', 'first']);
    expect(fetch).toHaveBeenCalledTimes(2);
    answer(lasting(30 * minute, { version: 'second' }));
    await pass(0);
    expect(await use()).toBe('second');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('is asked for again when its source says, where that is not two thirds', async () => {
    const { fetch, use } = answers(() => Promise.resolve(lasting(60 * minute, { refreshAt: Date.now() + minute })));
    await use();
    await pass(minute - 1);
    await use();
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    await use();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('is used while its source is down, until its last moments, and not beyond', async () => {
    const { use, told } = answers(
      () => Promise.resolve(lasting(30 * minute, { version: 'old' })),
      () => down(),
    );
    await use();
    expect(told()).toEqual(['fetched']);
    await pass(20 * minute);
    expect(await use()).toBe('old');
    await pass(0);
    expect(told()).toEqual(['stale']);
    await pass(9.5 * minute - 1);
    expect(await use()).toBe('old');
    await pass(1);
    await expect(use()).rejects.toMatchObject({ code: 'secret_unavailable' });
    expect(told()).toEqual(['stale']);
    await pass(2000);
    await whyUnavailable(use());
    expect(told()).toEqual(['failed']);
  });

  it.each(['denied', 'missing', 'login'] as const)('is dropped at once where its source says: %s', async (kind) => {
    const { use, told, secrets } = answers(
      () => Promise.resolve(lasting(30 * minute)),
      () => down(kind),
    );
    await use();
    await pass(20 * minute);
    await use();
    await pass(0);
    expect(told()).toEqual(['fetched', 'failed']);
    expect(() => secrets.ready('api', desk)).toThrow(Refusal);
  });

  it.each(['down', 'throttled'] as const)('stays where its source says: %s', async (kind) => {
    const { use, told } = answers(
      () => Promise.resolve(lasting(30 * minute, { version: 'old' })),
      () => down(kind),
    );
    await use();
    await pass(20 * minute);
    await use();
    await pass(0);
    expect(await use()).toBe('old');
    expect(told()).toEqual(['fetched', 'stale']);
  });

  it('is told as rotated when another comes, and as fetched when it stays', async () => {
    let version = '1';
    const { use, told } = hold(() => Promise.resolve(lasting(3 * minute, { version })));
    await use();
    await pass(2 * minute);
    await use();
    await pass(0);
    version = '2';
    await pass(2 * minute);
    await use();
    await pass(0);
    expect(told()).toEqual(['fetched', 'fetched', 'rotated']);
  });
});

describe('a source that fails', () => {
  it('is left alone for longer each time, fifteen seconds at most, and from the beginning once it has answered', async () => {
    let isWell = false;
    const { fetch, use } = hold(() => (isWell ? Promise.resolve(lasting(minute)) : down()));
    for (const pause of [1, 2, 4, 8, 15, 15]) {
      const before = fetch.mock.calls.length;
      await whyUnavailable(use());
      await pass(pause * 1000 - 1);
      await whyUnavailable(use());
      expect(fetch).toHaveBeenCalledTimes(before + 1);
      await pass(1);
    }
    isWell = true;
    await use();
    isWell = false;
    await pass(minute);
    await whyUnavailable(use());
    const before = fetch.mock.calls.length;
    await pass(1000);
    await whyUnavailable(use());
    expect(fetch).toHaveBeenCalledTimes(before + 1);
  });

  it('is left alone for as long as it asks, ten minutes at most', async () => {
    const { fetch, use } = answers(
      () => down('throttled', 90_000),
      () => down('throttled', 3_600_000),
    );
    await whyUnavailable(use());
    await pass(89_999);
    await whyUnavailable(use());
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    await whyUnavailable(use());
    expect(fetch).toHaveBeenCalledTimes(2);
    await pass(10 * minute - 1);
    await whyUnavailable(use());
    expect(fetch).toHaveBeenCalledTimes(2);
    await pass(1);
    await whyUnavailable(use());
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('is not asked for each use of what it gave before', async () => {
    const { fetch, use } = answers(
      () => Promise.resolve(lasting(30 * minute)),
      () => down(),
    );
    await use();
    await pass(20 * minute);
    for (let uses = 0; uses < 10; uses += 1) {
      await use();
      await pass(50);
    }
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});

describe('a secret that differs by caller', () => {
  it('is held for each, and what one cannot have the other may', async () => {
    const { secrets, fetch } = hold(
      ({ caller }) =>
        caller.client === 'other' ? down('denied') : Promise.resolve(lasting(minute, { version: caller.client })),
      { source: { keyFor: ({ client }) => client } },
    );
    const versions = await Promise.all(
      ['desk', 'agents', 'desk'].map(async (client) => (await secrets.acquire('api', { client })).version),
    );
    expect(versions).toEqual(['desk', 'agents', 'desk']);
    await whyUnavailable(secrets.acquire('api', { client: 'other' }));
    expect(await secrets.acquire('api', desk)).toMatchObject({ version: 'desk' });
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('is refused to a caller that has none', async () => {
    const { secrets, fetch } = hold(() => Promise.resolve(lasting(minute)), {
      source: {
        keyFor() {
          throw unavailable('api', 'this caller has no account', 'denied');
        },
      },
    });
    expect(await whyUnavailable(secrets.acquire('api', desk))).toMatch(/this caller has no account$/);
    expect(fetch).not.toHaveBeenCalled();
  });
});
