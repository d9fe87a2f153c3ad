import { paced } from '../load/paced.mjs';

/** CPU of the proxy for a request, with the same number of requests per second offered to each peer. */
export const offered = {
  name: 'offered',
  needsProxy: true,
  metrics: [
    { key: 'request_cpu', title: 'CPU µs per keep-alive request at an equal offered load', digits: 1 },
    { key: 'request_met', title: 'equal offered load: share of it that was answered', digits: 3 },
  ],
  async measure({ target, requests, cpu, options }) {
    let used = 0;
    const offer = { connections: 32, rate: options.rate, seconds: options.seconds };
    const { done, errors, late } = await paced(target, requests.json, offer, async (work) => {
      const before = cpu();
      await work();
      used = cpu() - before;
    });
    return { values: { request_cpu: used / 1e3 / done, request_met: done / (done + late + errors) }, errors, done };
  },
};
