import { setTimeout as pause } from 'node:timers/promises';
import { abandon } from '../load/crowd.mjs';
import { once, openTls } from '../load/wire.mjs';

/** Milliseconds in which a runtime gives back what it holds without need. */
const settle = 2000;

/**
 * CONNECTs that are answered and then left without a ClientHello. Twice as many go first, unmeasured, so that what the runtime sets
 * aside once is not taken for a leak; a request afterwards shows that others are still served.
 */
export const abandoned = {
  name: 'abandoned',
  needsProxy: true,
  without: ['bare'],
  metrics: [{ key: 'abandoned_growth', title: 'resident MiB more after abandoned CONNECTs', digits: 1 }],
  async measure({ target, requests, memory, options }) {
    const first = await abandon(target, 2 * options.abandoned);
    await pause(settle);
    const before = memory();
    const { errors } = await abandon(target, options.abandoned);
    await pause(settle);
    const growth = memory() - before;
    const status = await once(await openTls(target), requests.json);
    const failed = first.errors + errors + (status === 200 ? 0 : 1);
    return { values: { abandoned_growth: growth }, errors: failed, done: 3 * options.abandoned };
  },
};
