import { parseArgs } from 'node:util';
import { fuzzFraming } from './framing.js';

/** `npm run fuzz -- --seed N --minutes M`: the same as in the checks, for longer. */
const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string', default: '10' } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const { failure, ...counts } = await fuzzFraming(seed, Number(values.minutes) * 60_000);
const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)}, ${memory} MiB\n${failure ?? 'nothing found'}\n`);
// Not `process.exit`: what is left open would keep the process, and be seen.
setTimeout(() => console.log(process.getActiveResourcesInfo()), 3000).unref();
process.exitCode = failure === undefined ? 0 : 1;
