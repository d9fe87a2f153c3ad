import { closedLoop } from '../load/closed-loop.mjs';

/** The most that is resident while 64 keep-alive connections are busy, after all the load of the rows before. */
export const memoryBusy = {
  name: 'memory-busy',
  needsProxy: true,
  metrics: [{ key: 'busy_memory', title: 'resident MiB at 64 busy connections, peak', digits: 0 }],
  async measure({ target, requests, memory, options }) {
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, memory())), 100);
    const { done, errors } = await closedLoop(target, requests.json, 64, options.seconds / 2);
    clearInterval(watch);
    return { values: { busy_memory: peak }, errors, done };
  },
};
