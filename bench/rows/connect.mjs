import { handshakes } from '../load/handshakes.mjs';

/** A new connection each time: CONNECT, TLS without resumption, one request. */
export const connect = {
  name: 'connect',
  metrics: [
    { key: 'connect_rate', title: 'new CONNECT + TLS + one request, per second', digits: 0 },
    { key: 'connect_cpu', title: 'new CONNECT + TLS + one request, CPU µs of the proxy', digits: 0 },
  ],
  async measure({ target, requests, cpu, options }) {
    const before = cpu();
    const { done, errors, seconds } = await handshakes(target, requests.json, 8, options.seconds);
    const used = (cpu() - before) / 1e3;
    return { values: { connect_rate: done / seconds, connect_cpu: used / done }, errors, done };
  },
};
