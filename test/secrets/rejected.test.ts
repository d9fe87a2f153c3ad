import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
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

describe('a credential that its destination has refused', () => {
  it('is asked for anew, and the other one is used', async () => {
    const { secrets, told } = answers(
      () => Promise.resolve(lasting(30 * minute, { version: '1' })),
      () => Promise.resolve(lasting(30 * minute, { version: '2' })),
    );
    const first = await secrets.acquire('api', desk);
    expect(await secrets.rejected(first, desk)).toMatchObject({ version: '2' });
    expect(told()).toEqual(['fetched', 'rotated']);
    // Another request that was sent with the first one.
    expect(await secrets.rejected(first, desk)).toMatchObject({ version: '2' });
  });

  it('is the same again: nothing is won, and it is not asked for again within a minute', async () => {
    const { secrets, fetch } = hold(() => Promise.resolve(lasting(30 * minute, { version: '1' })));
    const first = await secrets.acquire('api', desk);
    expect(await secrets.rejected(first, desk)).toBeUndefined();
    await pass(minute - 1);
    expect(await secrets.rejected(first, desk)).toBeUndefined();
    expect(fetch).toHaveBeenCalledTimes(2);
    await pass(1);
    expect(await secrets.rejected(first, desk)).toBeUndefined();
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('is used on by others where its source is down: one destination does not take it from all', async () => {
    const { secrets } = answers(
      () => Promise.resolve(lasting(30 * minute)),
      () => down(),
    );
    const first = await secrets.acquire('api', desk);
    expect(await secrets.rejected(first, desk)).toBeUndefined();
    expect(secrets.ready('api', desk)).toBe(first);
  });

  it('is used no more where its source says no, too', async () => {
    const { secrets } = answers(
      () => Promise.resolve(lasting(30 * minute)),
      () => down('denied'),
    );
    const first = await secrets.acquire('api', desk);
    expect(await secrets.rejected(first, desk)).toBeUndefined();
    await whyUnavailable(secrets.acquire('api', desk));
  });

  it('is not replaced by one that has expired meanwhile', async () => {
    const { secrets, fetch } = answers(
      () => Promise.resolve(lasting(minute, { version: '1' })),
      () => Promise.resolve(lasting(minute, { version: '2' })),
      () => Promise.resolve(lasting(minute, { version: '3' })),
    );
    const first = await secrets.acquire('api', desk);
    expect(await secrets.rejected(first, desk)).toMatchObject({ version: '2' });
    await pass(61_000);
    expect(await secrets.rejected(first, desk)).toMatchObject({ version: '3' });
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('of secrets that are closed is nothing any more', async () => {
    const { secrets } = hold(() => Promise.resolve(lasting(30 * minute)));
    const first = await secrets.acquire('api', desk);
    await secrets.close();
    expect(await secrets.rejected(first, desk)).toBeUndefined();
  });
});
