import { closedLoop } from '../load/closed-loop.mjs';

/** The ceiling: 32 keep-alive connections, each with its next request at once. */
export const keepAlive = {
  name: 'keep-alive',
  metrics: [
    { key: 'request_rate', title: 'keep-alive requests per second, 32 connections', digits: 0 },
    { key: 'request_share', title: 'keep-alive, 32 connections: share of its core the proxy used', digits: 2 },
    { key: 'ceiling_cpu', title: 'keep-alive, 32 connections: CPU µs for each request', digits: 1 },
  ],
  async measure({ target, requests, cpu, options }) {
    const before = cpu();
    const { done, errors, seconds } = await closedLoop(target, requests.json, 32, options.seconds);
    const used = (cpu() - before) / 1e9;
    const values = { request_rate: done / seconds, request_share: used / seconds, ceiling_cpu: (used * 1e6) / done };
    return { values, errors, done };
  },
};
