/**
 * Nanoseconds of CPU for each byte that is searched, by ways to search, number of secrets and kind of bytes.
 * Run after `npm run build`: node bench/scrub.mjs [--gib]
 * Each figure is the median of five interleaved rounds over chunks of 64 KiB. Then what one small answer costs, and each content
 * coding, by the decoded byte. `--gib` also sends 1 GiB of random bytes through, as they are and in each coding, and compares checksums.
 */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import * as zlib from 'node:zlib';
import { Automaton } from '../dist/scrub/automaton.js';
import { BodyScrubber } from '../dist/scrub/body.js';
import { HeaderList } from '../dist/core/header-list.js';
import { CodedBody } from '../dist/scrub/coded-body.js';
import { compileNeedles, searchesOf } from '../dist/scrub/forms.js';
import { scrubHead } from '../dist/scrub/headers.js';
import { IdentityBody } from '../dist/scrub/identity-body.js';

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

const coders = [
  { name: 'gzip', coding: 'gzip', sync: zlib.gzipSync, open: () => zlib.createGzip({ level: 1 }) },
  { name: 'deflate', coding: 'deflate', sync: zlib.deflateSync, open: () => zlib.createDeflate({ level: 1 }) },
  {
    name: 'br',
    coding: 'br',
    sync: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
    open: () => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  },
  ...(zlib.createZstdCompress === undefined
    ? []
    : [{ name: 'zstd', coding: 'zstd', sync: zlib.zstdCompressSync, open: () => zlib.createZstdCompress() }]),
];

function median(list) {
  return list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

async function cpuOf(run) {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

async function through(body, chunks, take = () => undefined) {
  for (const chunk of chunks) take((await body.push(chunk)).bytes);
  take((await body.end()).bytes);
  body.close();
}

function piecesOf(bytes) {
  return many(Math.ceil(bytes.length / chunkBytes), (i) => bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes));
}

console.log(`\nCPU ns/byte of the decoded body${'1 secret'.padStart(17)}${'4'.padStart(10)}${'16'.padStart(10)}`);
for (const input of ['json', 'random']) {
  for (const { name, coding, sync } of coders) {
    const pieces = piecesOf(sync(inputs[input]));
    const figures = [];
    for (const count of [1, 4, 16]) {
      const needles = compileNeedles(secrets.slice(0, count), []);
      const times = [];
      for (let round = 0; round < rounds; round += 1)
        times.push(await cpuOf(() => through(new CodedBody(coding, needles, 'text/plain'), pieces)));
      figures.push((median(times) / inputs[input].length).toFixed(2).padStart(10));
    }
    console.log(`${`${input} in ${name}`.padEnd(38)}${figures.join('')}`);
  }
}

const small = { body: inputs.json.subarray(0, 700), type: 'application/json; charset=utf-8' };
const head = ['Content-Type', small.type, 'Date', 'Tue, 01 Dec 2026 10:00:00 GMT', 'ETag', '"3147526947"'].concat(
  ['Cache-Control', 'private, max-age=60', 'X-RateLimit-Remaining', '4999', 'Vary', 'Accept, Authorization'],
  ['Content-Length', '700', 'Server', 'example'],
);
console.log('\nCPU µs for one answer: head of 8 fields, 700 bytes of JSON, 1 secret');
const oneNeedle = compileNeedles(secrets.slice(0, 1), [`Bearer ${secrets[0]}`]);
const steps = [
  ['head', () => scrubHead('OK', new HeaderList(head), oneNeedle), 100_000],
  ['body', () => through(new IdentityBody(oneNeedle, small.type, {}), [small.body]), 100_000],
  ...coders.map(({ name, coding, sync }) => {
    const coded = sync(small.body);
    return [`body in ${name}`, () => through(new CodedBody(coding, oneNeedle, small.type), [coded]), 4000];
  }),
];
for (const [name, step, times] of steps) {
  const runs = [];
  for (let round = 0; round <= rounds; round += 1)
    runs.push(
      await cpuOf(async () => {
        for (let i = 0; i < times; i += 1) await step();
      }),
    );
  console.log(`${name.padEnd(38)}${(median(runs.slice(1)) / times / 1000).toFixed(2).padStart(10)}`);
}

/** 1 GiB of random bytes, by the chunk; in a coding where there is an encoder. */
async function* gibibyte(encoder) {
  const fill = () => randomFillSync(Buffer.allocUnsafe(1024 * 1024));
  if (encoder === undefined) {
    for (let i = 0; i < 1024; i += 1) yield fill();
    return;
  }
  const feed = async () => {
    for (let i = 0; i < 1024; i += 1) if (!encoder.write(fill())) await once(encoder, 'drain');
    encoder.end();
  };
  void feed();
  yield* encoder;
}

if (process.argv.includes('--gib')) {
  const needles = compileNeedles(secrets.slice(0, 4), []);
  for (const { name, coding, open } of [{ name: 'no coding' }, ...coders]) {
    const body =
      coding === undefined ? new IdentityBody(needles, 'text/plain', {}) : new CodedBody(coding, needles, 'text/plain');
    const [sent, received] = [createHash('sha256'), createHash('sha256')];
    let took = 0;
    for await (const chunk of gibibyte(open?.())) {
      sent.update(chunk);
      let outcome;
      took += await cpuOf(async () => (outcome = await body.push(chunk)));
      received.update(outcome.bytes);
    }
    received.update((await body.end()).bytes);
    body.close();
    const identical = sent.digest('hex') === received.digest('hex') && body.masked === 0;
    const cost = coding === undefined ? `, ${(took / 2 ** 30).toFixed(3)} ns/byte` : '';
    const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0);
    console.log(
      `1 GiB of random bytes, 4 secrets, ${name}: ${identical ? 'identical' : 'CHANGED'}${cost}, at most ${memory} MiB resident`,
    );
    if (!identical) process.exitCode = 1;
  }
}
