/**
 * Two builds of Keywright in turns of less than a second: tells a change of a few percent from the noise of a machine, which whole runs
 * cannot. Run after `npm run build`: node bench/compare.mjs OTHER [RESTARTS]
 * OTHER is the `dist` folder of another build, with its node_modules in reach. CPU µs for a request at the ceiling and at 1,000 per
 * second, resident MiB; the median of each, and of the ratios of turns that lie beside each other, with their quartiles.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exchanger, openTls } from './load/wire.mjs';
import { makeMaterials } from './materials.mjs';
import { parseOptions } from './options.mjs';
import { keywright, keywrightOf } from './peers/keywright.mjs';
import { portOf, startDestination } from './process/destination.mjs';
import { stop } from './process/start.mjs';
import { cpuNanoseconds, residentMiB } from './process/usage.mjs';
import { median } from './statistics.mjs';
import { makeRequests, makeTarget } from './target.mjs';

const [other, restarts = '3'] = process.argv.slice(2);
if (other === undefined) throw new TypeError('Say where the other build is: node bench/compare.mjs OTHER');
const builds = { other: keywrightOf(resolve(join(other, 'main.js'))), this: keywright };
const turns = 12;
const milliseconds = 500;
const rate = 1000;
const connections = 32;
const results = {};

/** A started build with its connections, of which those that wait for nothing are `idle`. */
async function start(build, bench) {
  const running = await build.start(bench);
  const target = makeTarget(running, bench);
  const playing = { ...running, target, request: makeRequests(false, bench).json, done: 0, until: 0, idle: [] };
  for (let i = 0; i < connections; i += 1) {
    const onAnswer = (status) => {
      if (status !== 200) throw new Error(`It answered ${status}.`);
      playing.done += 1;
      if (performance.now() < playing.until) send(playing.request);
      else playing.idle.push(send);
    };
    const send = exchanger(await openTls(target), onAnswer, () => undefined);
    playing.idle.push(send);
  }
  return playing;
}

async function costOf(playing, load) {
  const { pid } = playing.started;
  playing.done = 0;
  const before = cpuNanoseconds(pid);
  await load(playing);
  while (playing.idle.length < connections) await pause(5);
  return (cpuNanoseconds(pid) - before) / 1e3 / playing.done;
}

async function ceiling(playing) {
  playing.until = performance.now() + milliseconds;
  for (const send of playing.idle.splice(0)) send(playing.request);
  await pause(milliseconds);
}

async function offered(playing) {
  const begin = performance.now();
  for (let sent = 0, passed = 0; passed < milliseconds; await pause(1), passed = performance.now() - begin) {
    for (; sent < (passed * rate) / 1000 && playing.idle.length > 0; sent += 1) playing.idle.shift()(playing.request);
  }
}

function record(what, name, value) {
  results[what] ??= { other: [], this: [] };
  results[what][name].push(value);
}

const quantile = (values, at) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * at)];

execFileSync('taskset', ['-acp', '0', String(process.pid)], { stdio: 'ignore' });
const materials = makeMaterials();
const destination = startDestination(materials, 0);
try {
  const bench = { options: parseOptions([]), materials, destinationPort: await portOf(destination), core: 1 };
  for (let restart = 0; restart < Number(restarts); restart += 1) {
    const playing = [];
    for (const [name, build] of Object.entries(builds)) playing.push([name, await start(build, bench)]);
    for (let turn = 0; turn < 6 + turns; turn += 1) {
      for (const load of [ceiling, offered]) {
        // Each goes first as often as the other. The first turns are for compilers and caches.
        for (const [name, one] of turn % 2 === 0 ? playing : [...playing].reverse()) {
          const cost = await costOf(one, load);
          if (turn >= 6) record(load.name, name, cost);
        }
      }
    }
    for (const [name, { started, target }] of playing) {
      record('resident', name, residentMiB(started.pid));
      for (const socket of target.sockets) socket.destroy();
      await stop(started);
    }
  }
} finally {
  await stop(destination);
  rmSync(materials.dir, { recursive: true, force: true });
}
for (const [what, { other: before, this: now }] of Object.entries(results)) {
  const ratios = now.map((value, at) => value / before[at]);
  const [low, high] = [0.25, 0.75].map((at) => quantile(ratios, at).toFixed(3));
  const figures = `${median(before).toFixed(1)} → ${median(now).toFixed(1)}`;
  console.log(`${what.padEnd(9)} ${figures.padEnd(16)} × ${median(ratios).toFixed(3)} (${low} to ${high})`);
}
