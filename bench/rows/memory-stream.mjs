import { once, openTls } from '../load/wire.mjs';

const times = 1;

/** What stays resident after large responses; as many go first, unmeasured. */
export const memoryStream = {
  name: 'memory-stream',
  needsProxy: true,
  metrics: [{ key: 'stream_slope', title: 'resident MiB more for each GiB of large responses', digits: 1 }],
  async measure({ target, requests, memory, options }) {
    const socket = await openTls(target);
    let errors = 0;
    const download = async () => {
      for (let i = 0; i < times; i += 1) if ((await once(socket, requests.bytes)) !== 200) errors += 1;
    };
    await download();
    const before = memory();
    await download();
    const values = { stream_slope: (memory() - before) / ((times * options.mib) / 1024) };
    return { values, errors, done: 2 * times };
  },
};
