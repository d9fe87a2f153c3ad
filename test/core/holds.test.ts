import { describe, expect, it } from '@jest/globals';
import { Holds } from '../../src/core/holds.js';

describe('holds', () => {
  it('are released by the last who let go, and only once by each', async () => {
    const holds = new Holds();
    await holds.released();
    const [one, other] = [holds.hold(), holds.hold()];
    let released = 0;
    const waiting = [holds.released(), holds.released()].map(async (promise) => promise.then(() => (released += 1)));
    one();
    one();
    await Promise.resolve();
    expect([holds.count, released]).toEqual([1, 0]);
    other();
    await Promise.all(waiting);
    expect([holds.count, released]).toEqual([0, 2]);
  });
});
