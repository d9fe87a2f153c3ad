/**
 * Nanoseconds of CPU for each byte that is searched, by ways to search, number of secrets and kind of bytes.
 * Run after `npm run build`: node bench/scrub.mjs [--gib]
 * Each figure is the median of five interleaved rounds over chunks of 64 KiB. `--gib` also sends 1 GiB of random bytes
 * through the body scrubber and compares checksums.
 */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import { Automaton } from '../dist/scrub/automaton.js';
import { BodyScrubber } from '../dist/scrub/body.js';
import { compileNeedles, searchesOf } from '../dist/scrub/forms.js';

const chunkBytes = 64 * 1024;
const chunks = 64;
const rounds = 5;

const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const secrets = many(16, () => `ghp_${randomBytes(27).toString('base64').replaceAll(/[+/]/g, 'x')}`);

function record(index) {
  return JSON.stringify({
    id: index * 7919,
    node_id: randomBytes(12).toString('base64'),
    url: `https://api.example.com/repos/acme/site/issues/${index}?page=1&per_page=100`,
    title: `It says "not found" for item ${index}`,
    body: 'First line.\r\nSecond line & a <b>bold</b> one, 100% sure.\r\n',
    locked: false,
  });
}

function filled(make) {
  const parts = [];
  for (let length = 0, index = 0; length < chunkBytes * chunks; index += 1)
    length += parts[parts.push(make(index)) - 1].length;
  return Buffer.concat(parts).subarray(0, chunkBytes * chunks);
}

const inputs = {
  random: randomBytes(chunkBytes * chunks),
  json: filled((index) => Buffer.from(`${record(index)},`)),
  base64: filled(() => Buffer.from(randomBytes(3000).toString('base64'))),
  'all %': Buffer.alloc(chunkBytes * chunks, '%'),
  'all \\': Buffer.alloc(chunkBytes * chunks, '\\'),
  'all g': Buffer.alloc(chunkBytes * chunks, 'g'),
  '%67%68%70': Buffer.alloc(chunkBytes * chunks, '%67%68%70%5f'),
};

/** Each way gets the forms and returns a function from a chunk to how much it found. */
const ways = {
  'indexOf for each form':
    ({ forms }) =>
    (chunk) =>
      forms.reduce((sum, form) => sum + (chunk.includes(form) ? 1 : 0), 0),
  'automaton over all bytes': ({ forms }) => {
    const automaton = new Automaton(forms);
    return (chunk) => {
      let state = 0;
      let found = 0;
      for (let i = 0; i < chunk.length; i += 1) {
        state = automaton.step(state, chunk[i]);
        if (automaton.found[state] > 0) found += 1;
      }
      return found;
    };
  },
  'rare first bytes, then compare': ({ forms }) => {
    const byFirst = many(256, (byte) => forms.filter((form) => form[0] === byte));
    const firsts = new Uint8Array(256).map((_, byte) => (byFirst[byte].length > 0 ? 1 : 0));
    return (chunk) => {
      let found = 0;
      for (let i = 0; i < chunk.length; i += 1) {
        if (firsts[chunk[i]] === 0) continue;
        for (const form of byFirst[chunk[i]])
          if (form[1] === chunk[i + 1] && form.equals(chunk.subarray(i, i + form.length))) found += 1;
      }
      return found;
    };
  },
  'search (samples, automaton, escapes)':
    ({ search }) =>
    (chunk) =>
      search.find(chunk).ranges.length,
  'body scrubber (the same, streaming)': ({ needles }) => {
    const scrubber = new BodyScrubber(needles, 'application/octet-stream');
    return (chunk) => scrubber.push(chunk).length;
  },
};

function time(run, bytes) {
  const before = process.cpuUsage();
  for (let i = 0; i < chunks; i += 1) run(bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes));
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / bytes.length;
}

for (const count of [1, 4, 16]) {
  const needles = compileNeedles(secrets.slice(0, count), []);
  const search = searchesOf(needles).inBinary;
  const subject = { needles, search, forms: search.forms };
  console.log(
    `\n${count} secret(s), ${search.forms.length} forms: CPU ns/byte    ${Object.keys(inputs)
      .map((name) => name.padStart(10))
      .join('')}`,
  );
  const runs = Object.entries(ways).map(([name, make]) => ({
    name,
    run: make(subject),
    times: many(Object.keys(inputs).length, () => []),
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { run, times } of runs) {
      Object.values(inputs).forEach((bytes, i) => {
        const took = time(run, bytes);
        if (round > 0) times[i].push(took);
      });
    }
  }
  for (const { name, times } of runs) {
    const medians = times.map((list) =>
      list
        .sort((a, b) => a - b)
        [Math.floor(rounds / 2)].toFixed(3)
        .padStart(10),
    );
    console.log(`${name.padEnd(48)}${medians.join('')}`);
  }
}

const compiling = process.hrtime.bigint();
for (let i = 0; i < 200; i += 1) compileNeedles([secrets[i % 16]], []);
console.log(`\ncompiling one secret: ${(Number(process.hrtime.bigint() - compiling) / 200_000).toFixed(0)} µs`);

if (process.argv.includes('--gib')) {
  const scrubber = new BodyScrubber(compileNeedles(secrets.slice(0, 4), []), 'text/plain');
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  let cpu = 0;
  for (let i = 0; i < 1024; i += 1) {
    const chunk = randomFillSync(Buffer.allocUnsafe(1024 * 1024));
    sent.update(chunk);
    const before = process.cpuUsage();
    const passed = scrubber.push(chunk);
    const { user, system } = process.cpuUsage(before);
    cpu += user + system;
    received.update(passed);
  }
  received.update(scrubber.end());
  const identical = sent.digest('hex') === received.digest('hex');
  console.log(
    `1 GiB of random bytes, 4 secrets: ${identical ? 'identical' : 'CHANGED'}, ${((cpu * 1000) / 2 ** 30).toFixed(3)} ns/byte`,
  );
  if (!identical) process.exitCode = 1;
}
