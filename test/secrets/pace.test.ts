import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failureLifetime, lifetimeOf, timerFor } from '../../src/secrets/pace.js';
import { Unavailability, type FailureKind } from '../../src/secrets/unavailable.js';

const cause = (kind: FailureKind, retryAfter?: number): Unavailability => new Unavailability('x', kind, retryAfter);

describe('the life of a value', () => {
  it('ends half a minute before its end, or a tenth of it where it is short', () => {
    expect(lifetimeOf(0, 3_600_000, 0.5)).toEqual({ refreshAt: 2_400_000, stopAt: 3_570_000 });
    expect(lifetimeOf(0, 300_000, 0.5)).toEqual({ refreshAt: 200_000, stopAt: 270_000 });
    expect(lifetimeOf(0, 3000, 0.5)).toEqual({ refreshAt: 2000, stopAt: 2700 });
  });

  it('is over half of it gone when it is asked for again, by chance a twentieth sooner or later', () => {
    expect(lifetimeOf(0, 60_000, 0).refreshAt).toBe(37_000);
    expect(lifetimeOf(0, 60_000, 1).refreshAt).toBe(43_000);
  });

  it('has no end where its source has none, but may be asked for again', () => {
    const end = Number.POSITIVE_INFINITY;
    expect(lifetimeOf(0, end, 0.5)).toEqual({ refreshAt: end, stopAt: end });
    expect(lifetimeOf(0, end, 0.5, 1000)).toEqual({ refreshAt: 1000, stopAt: end });
  });

  it('is never used at its end or later, nor asked for again when it is over', () => {
    const time = fc.integer({ min: 0, max: 2 ** 42 });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        time,
        (now, life, random, refresh) => {
          for (const asked of [undefined, refresh]) {
            const { refreshAt, stopAt } = lifetimeOf(now, now + life, random, asked);
            expect(stopAt).toBeLessThan(now + life);
            expect(refreshAt).toBeLessThanOrEqual(stopAt);
          }
        },
      ),
    );
  });
});

describe('a timer', () => {
  it('is one that Node can hold', () => {
    expect([timerFor(-1), timerFor(5), timerFor(2 ** 31), timerFor(Number.POSITIVE_INFINITY)]).toEqual([
      0,
      5,
      2 ** 31 - 1,
      2 ** 31 - 1,
    ]);
  });
});

describe('the pause after a failure', () => {
  it.each<[FailureKind, number[]]>([
    ['down', [1, 2, 4, 8, 15, 15]],
    ['missing', [1, 2, 4, 5, 5]],
    ['throttled', [5, 10, 20, 40, 60, 60]],
    ['denied', [5, 10, 20, 40, 60, 60]],
    ['login', [60, 60]],
  ])('grows: %s', (kind, seconds) => {
    const pauses = seconds.map((_, index) => failureLifetime(cause(kind), index + 1) / 1000);
    expect(pauses).toEqual(seconds);
    expect(failureLifetime(cause(kind), 1_000_000) / 1000).toBe(seconds.at(-1));
  });

  it('is what its source wants, from its own length to ten minutes', () => {
    expect(failureLifetime(cause('down', 100), 1)).toBe(1000);
    expect(failureLifetime(cause('throttled', 120_000), 1)).toBe(120_000);
    expect(failureLifetime(cause('throttled', 3_600_000), 1)).toBe(600_000);
    expect(failureLifetime(undefined, 1)).toBe(1000);
  });
});
