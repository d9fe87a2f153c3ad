import { once, openTls } from '../load/wire.mjs';

/** One large response in identity coding. */
export const download = {
  name: 'download',
  metrics: [
    { key: 'byte_cpu', title: 'large identity response, CPU ns of the proxy per byte', digits: 2 },
    { key: 'byte_rate', title: 'large identity response, MiB per second', digits: 0 },
  ],
  async measure({ target, requests, cpu, options }) {
    const socket = await openTls(target);
    const before = cpu();
    const start = performance.now();
    const status = await once(socket, requests.bytes);
    const seconds = (performance.now() - start) / 1000;
    const used = cpu() - before;
    const values = { byte_cpu: used / (options.mib * 2 ** 20), byte_rate: options.mib / seconds };
    return { values, errors: status === 200 ? 0 : 1, done: 1 };
  },
};
