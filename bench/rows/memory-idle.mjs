import { setTimeout as pause } from 'node:timers/promises';
import { openIdle } from '../load/crowd.mjs';

/** Milliseconds in which a runtime gives back what it holds without need. */
const settle = 2000;

/**
 * What stays resident for connections that have made one request and say no more. As many are opened first, unmeasured, and
 * stay open: the heap then has its size already.
 */
export const memoryIdle = {
  name: 'memory-idle',
  needsProxy: true,
  metrics: [{ key: 'idle_slope', title: 'resident MiB for each 1,000 idle connections', digits: 1 }],
  async measure({ target, requests, memory, options }) {
    const first = await openIdle(target, requests.json, options.idle);
    await pause(settle);
    const before = memory();
    const second = await openIdle(target, requests.json, options.idle);
    await pause(settle);
    const values = { idle_slope: ((memory() - before) / second.open) * 1000 };
    return { values, errors: first.errors + second.errors, done: first.open + second.open };
  },
};
