import { sequential } from '../load/sequential.mjs';
import { median } from '../statistics.mjs';

/** The time of a request where nothing else is going on. What the proxy adds is reckoned against `direct` of the same run. */
export const latency = {
  name: 'latency',
  metrics: [{ key: 'latency', title: 'latency at one connection, median, ms', digits: 3 }],
  async measure({ target, requests, options }) {
    const { millis, errors } = await sequential(target, requests.json, options.seconds / 2);
    return { values: { latency: median(millis) }, errors, done: millis.length };
  },
};
