import { paced } from '../load/paced.mjs';

/** CPU of the proxy for a request, with the same number of requests per second offered to each peer: `times` what the option says. */
const offering = (name, key, times, how) => ({
  name,
  needsProxy: true,
  metrics: [
    { key: `${key}_cpu`, title: `CPU µs per keep-alive request at an equal offered load${how}`, digits: 1 },
    { key: `${key}_met`, title: `equal offered load${how}: share of it that was answered`, digits: 3 },
  ],
  async measure({ target, requests, cpu, options }) {
    let used = 0;
    const offer = { connections: 32, rate: times * options.rate, seconds: options.seconds };
    const { done, errors, late } = await paced(target, requests.json, offer, async (work) => {
      const before = cpu();
      await work();
      used = cpu() - before;
    });
    return {
      values: { [`${key}_cpu`]: used / 1e3 / done, [`${key}_met`]: done / (done + late + errors) },
      errors,
      done,
    };
  },
});

export const offered = offering('offered', 'request', 1, '');

/** What mitmproxy cannot carry: it drops most of it, and is measured at its ceiling. */
export const offeredMore = offering('offered-more', 'busy_request', 10, ', ten times as high');
