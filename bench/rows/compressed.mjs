import { once, openTls } from '../load/wire.mjs';
import { compressedBytes } from '../target.mjs';

/** Large answers in gzip, ten of them, text as APIs send it. Peers that do not look into them move the coded bytes alone. */
const times = 10;

export const compressed = {
  name: 'compressed',
  metrics: [{ key: 'gzip_cpu', title: 'large gzip response, CPU ns of the proxy per decoded byte', digits: 2 }],
  async measure({ target, requests, cpu }) {
    const socket = await openTls(target);
    const before = cpu();
    let errors = 0;
    for (let i = 0; i < times; i += 1) if ((await once(socket, requests.gzip)) !== 200) errors += 1;
    const values = { gzip_cpu: (cpu() - before) / (times * compressedBytes) };
    return { values, errors, done: times };
  },
};
