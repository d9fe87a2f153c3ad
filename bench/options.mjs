import { parseArgs } from 'node:util';

/** Everything the command line can change. Times in seconds, sizes in MiB. */
const full = { runs: 5, seconds: 4, warmup: 3, rate: 1000, mib: 256, idle: 1000, abandoned: 10_000 };
const quick = { runs: 2, seconds: 1.5, warmup: 1.5, rate: 1000, mib: 64, idle: 200, abandoned: 1000 };

export const usage = `node bench/run.mjs [--quick] [--runs N] [--seconds S] [--warmup S] [--rate REQUESTS_PER_SECOND] [--mib N]
  [--idle CONNECTIONS] [--abandoned CONNECTS] [--peers direct,blind,bare,keywright,squid,mitmproxy] [--rows NAME,…]
  [--json FILE] [--markdown FILE] [--no-pin] [--profile DIR]`;

/** Throws a `TypeError` with one sentence for what cannot be understood. */
export function parseOptions(args) {
  const { values } = parseArgs({ args, options: declared() });
  const chosen = { ...(values.quick ? quick : full) };
  for (const key of Object.keys(chosen)) {
    if (values[key] === undefined) continue;
    chosen[key] = Number(values[key]);
    if (!(chosen[key] > 0)) throw new TypeError(`--${key} wants a number above zero.`);
  }
  return {
    ...chosen,
    quick: values.quick,
    pin: !values['no-pin'],
    peers: values.peers?.split(','),
    rows: values.rows?.split(','),
    json: values.json,
    markdown: values.markdown,
    profile: values.profile,
    help: values.help,
  };
}

function declared() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  return {
    ...Object.fromEntries(
      [...Object.keys(full), 'peers', 'rows', 'json', 'markdown', 'profile'].map((key) => [key, text]),
    ),
    quick: flag,
    'no-pin': flag,
    help: flag,
  };
}
