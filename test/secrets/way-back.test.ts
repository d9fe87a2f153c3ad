import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { WayBack } from '../../src/secrets/way-back.js';
import { pass } from './holding.js';

const end = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => undefined);
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Settled: when, and how. */
function watch(promises: readonly Promise<void>[]) {
  const begin = Date.now();
  return Promise.all(
    promises.map((promise) =>
      promise.then(
        () => `back after ${String(Date.now() - begin)}`,
        (error: unknown) => {
          const cause = error instanceof Refusal ? error.cause : error;
          return `${cause instanceof Error ? cause.message : ''}, after ${String(Date.now() - begin)}`;
        },
      ),
    ),
  );
}

describe('the way back', () => {
  it('is given up for those that wait where nothing is answered: they would take as long each', async () => {
    const way = new WayBack(() => 5000);
    const asked = jest.fn(never);
    const outcome = watch(Array.from({ length: 2000 }, () => way.send(asked, end)));
    await pass(5000);
    const all = await outcome;
    expect(asked).toHaveBeenCalledTimes(6);
    expect(new Set(all)).toEqual(
      new Set([
        'it was not given back within 5000 ms, after 5000',
        'it was not given back as nothing was answered to others before it, after 5000',
      ]),
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not given up for those that have just come, because one is not answered', async () => {
    const way = new WayBack(() => 5000);
    const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
    const hung = watch([way.send(never, end)]);
    await pass(4970);
    const outcome = watch(Array.from({ length: 40 }, () => way.send(soon, end)));
    await pass(1000);
    expect((await outcome).filter((text) => !text.startsWith('back'))).toEqual([]);
    expect(await hung).toEqual(['it was not given back within 5000 ms, after 5000']);
  });

  it('is given up also for those that have just come, where all that are under way are not answered', async () => {
    const way = new WayBack(() => 5000);
    const asked = jest.fn(never);
    const before = watch(Array.from({ length: 6 }, () => way.send(asked, end)));
    await pass(4900);
    const outcome = watch(Array.from({ length: 40 }, () => way.send(asked, end)));
    await pass(100);
    await before;
    await pass(5000);
    const all = await outcome;
    expect(asked.mock.calls.length).toBeLessThanOrEqual(12);
    expect(
      all.filter((text) => text === 'it was not given back as nothing was answered to others before it, after 100')
        .length,
    ).toBeGreaterThanOrEqual(34);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on for the others where some are not answered, and where all are refused', async () => {
    const way = new WayBack(() => 5000);
    const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
    const refused = (): Promise<void> => Promise.reject(new Error('no'));
    const outcome = watch(
      [never, never, soon, refused, ...Array.from({ length: 40 }, () => soon)].map((one) => way.send(one, end)),
    );
    await pass(5000);
    const all = await outcome;
    expect(all.slice(0, 4)).toEqual([
      'it was not given back within 5000 ms, after 5000',
      'it was not given back within 5000 ms, after 5000',
      'back after 100',
      'no, after 0',
    ]);
    expect(all.slice(4).every((text) => text.startsWith('back'))).toBe(true);
  });

  it('has six on it at a time, in order, and none any more at the end', async () => {
    const way = new WayBack(() => 5000);
    const ending = new AbortController();
    let [now, most] = [0, 0];
    const order: number[] = [];
    const one = (index: number) => async (): Promise<void> => {
      order.push(index);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now -= 1;
    };
    const outcome = watch(Array.from({ length: 20 }, (_, index) => way.send(one(index), ending.signal)));
    await pass(150);
    ending.abort();
    await pass(100);
    const all = await outcome;
    expect([most, order]).toEqual([6, Array.from({ length: 12 }, (_, index) => index)]);
    expect(new Set(all.slice(0, 6))).toEqual(new Set(['back after 100']));
    expect(new Set(all.slice(6, 12))).toEqual(new Set(['it was not given back before the end, after 150']));
    expect(new Set(all.slice(12))).toEqual(new Set(['it was not given back in time, as there were many, after 150']));
    const late = watch([way.send(one(99), end)]);
    await pass(100);
    expect(await late).toEqual(['back after 100']);
  });
});
