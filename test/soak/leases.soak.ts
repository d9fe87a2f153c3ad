/**
 * `npm run soak [-- SEED [REQUESTS [SECONDS]]]`: requests at secrets with leases of a few seconds whose server fails at random. Ends with 1
 * where something was stale, asked for twice at once, or not given back.
 */
import { heapInUse } from '../support/heap.js';
import { soak } from './leases.js';

const [seed = Date.now() % 1_000_000, requests = 10_000, seconds = 60] = process.argv.slice(2).map(Number);
// The first run loads and compiles everything: what is in use behind it is what a second one may be compared with.
await soak({ seed, requests: 500, secrets: 50, duration: 3000, life: [1000, 2000], recovers: false });
const before = heapInUse();
const report = await soak({
  seed,
  requests,
  secrets: 50,
  duration: seconds * 1000,
  life: [2000, 6000],
  recovers: true,
});
const grown = heapInUse() - before;
console.log(JSON.stringify({ seed, grown, ...report }, undefined, 2));
const { stale, lost, forgotten, unkept, atOnce, leaks, timers, served } = report;
const isWell =
  [stale, lost, forgotten, unkept].every(({ length }) => length === 0) &&
  atOnce === 1 &&
  leaks === 0 &&
  timers === 0 &&
  served > requests / 2 &&
  grown < 8 * 1024 * 1024;
process.exitCode = isWell ? 0 : 1;
