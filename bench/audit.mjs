/**
 * Microseconds of CPU for the `use` and the `end` record of one request, written to a file: alone in their turns of the event
 * loop, and together with those of other requests. Everything is in it: the objects, JSON, chain, checkpoints, the write.
 * Run after `npm run build`: node bench/audit.mjs [DIST]
 * DIST is another build to measure, as that of an older commit. Each figure is the median of five interleaved rounds.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const dist = resolve(process.argv[2] ?? 'dist');
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { createAudit } = await load('audit/log.js');
const { fileSink } = await load('audit/file.js');
const { systemClock: clock } = await load('core/clock.js');

const rounds = 5;
const pairs = 16_000;
const dir = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
const options = { dir, checkpoint_records: 1000, checkpoint_interval: 60_000 };
const sink = fileSink.make(options, { instance: 'bench', clock });
const audit = createAudit({ sinks: [sink], instance: 'bench', run: randomUUID(), clock });

const request = () => ({
  client: 'agents',
  subject: undefined,
  client_address: '127.0.0.1',
  method: 'GET',
  scheme: 'https',
  host: 'api.github.com',
  port: 443,
  path: '/repos/acme/site/issues/4711/comments',
});
const use = () =>
  Object.assign(request(), {
    policy: 'github-read',
    policy_rev: '0123456789ab',
    decision: 'allow',
    secrets: [{ name: 'github', backend: 'vault', version: '17', fingerprint: '9f86d081884c7d65' }],
    injected: ['header authorization'],
    upstream_address: '192.0.2.17',
    vetting: 'public',
  });
const end = () => ({
  code: 'ok',
  status: 200,
  bytes_in: 0,
  bytes_out: 700,
  duration_ms: 12.34,
  upstream_ms: 11.98,
  masked: 0,
});

/** Uses in one turn, their ends in another: as many as stand in `size`. Returns µs for each pair. */
async function measure(size) {
  const before = process.cpuUsage();
  for (let done = 0; done < pairs; done += size) {
    const ids = Array.from({ length: size }, () => randomUUID());
    await Promise.all(ids.map((id) => audit.use(id, use())));
    for (const id of ids) audit.end(id, end());
    await nextTurn();
  }
  const { user, system } = process.cpuUsage(before);
  return { all: (user + system) / pairs, user: user / pairs };
}

/** The same without a log: what this measurement itself costs. */
async function empty(size) {
  const before = process.cpuUsage();
  for (let done = 0; done < pairs; done += size) {
    const ids = Array.from({ length: size }, () => randomUUID());
    await Promise.all(ids.map(() => nextTurn()));
    await nextTurn();
  }
  const { user, system } = process.cpuUsage(before);
  return { all: (user + system) / pairs, user: user / pairs };
}

const sizes = [1, 8, 32];
const ways = { 'use + end': measure, '(the loop alone)': empty };
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, sizes.map(() => [])]));
for (let round = 0; round <= rounds; round += 1)
  for (const [name, run] of Object.entries(ways))
    for (const [index, size] of sizes.entries()) {
      const took = await run(size);
      if (round > 0) times[name][index].push(took);
    }
await audit.close();

const middle = (list, part) => list.map((item) => item[part]).sort((a, b) => a - b)[list.length >> 1];
console.log(`CPU µs for a pair (of it in user mode)${sizes.map((size) => `${size} together`.padStart(20)).join('')}`);
for (const [name, lists] of Object.entries(times)) {
  const cells = lists.map((list) =>
    `${middle(list, 'all').toFixed(2)} (${middle(list, 'user').toFixed(2)})`.padStart(20),
  );
  console.log(`${name.padEnd(38)}${cells.join('')}`);
}
const bytes = readdirSync(dir)
  .filter((name) => name.endsWith('.jsonl'))
  .reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
console.log(`${((bytes / ((rounds + 1) * sizes.length * pairs)) | 0).toLocaleString('en')} bytes for a pair`);
rmSync(dir, { recursive: true });
