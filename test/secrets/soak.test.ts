import { describe, expect, it } from '@jest/globals';
import { soak } from '../soak/leases.js';

/** `npm run soak` is the long one. */
describe('a thousand requests over fifty secrets whose server fails at random', () => {
  it('are sent nothing stale, ask once at a time, and give every lease back or tell that they could not', async () => {
    const seed = Number(process.env['SOAK_SEED'] ?? 5);
    const report = await soak({
      seed,
      requests: 1000,
      secrets: 50,
      duration: 3500,
      life: [700, 1500],
      recovers: false,
    });
    const { served, failed, fetches, events, leases, delivered, ...rest } = report;
    // The seed stands beside what is expected, so that a failure tells it.
    expect({ seed, ...rest }).toEqual({
      seed,
      stale: [],
      lost: [],
      forgotten: [],
      unkept: [],
      atOnce: 1,
      leaks: 0,
      timers: 0,
    });
    // How many are served depends on the machine, whose fetches have 400 ms: the long one asks for a share.
    expect(served).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
    // Each of 70 values is asked for a few times in its life, however often it is used.
    expect(fetches).toBeLessThan(70 * 12);
    expect(leases).toBeGreaterThan(0);
    expect(delivered).toBeGreaterThan(0);
    for (const event of ['fetched', 'failed', 'revoked'] as const) {
      expect([event, events[event] ?? 0]).toEqual([event, expect.any(Number)]);
      expect(events[event] ?? 0).toBeGreaterThan(0);
    }
  });
});
