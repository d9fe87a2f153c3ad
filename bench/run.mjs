/** The side-by-side benchmark. `node bench/run.mjs --help`; how to read it is in README.md. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { once as request, openTls } from './load/wire.mjs';
import { describeMachine } from './machine.mjs';
import { makeMaterials } from './materials.mjs';
import { parseOptions, usage } from './options.mjs';
import { allPeers } from './peers/all.mjs';
import { direct } from './peers/direct.mjs';
import { portOf, startDestination } from './process/destination.mjs';
import { stop } from './process/start.mjs';
import { renderReport } from './report.mjs';
import { playRound } from './round.mjs';
import { allRows } from './rows/all.mjs';
import { makeRequests, makeTarget } from './target.mjs';

/** Load and destination share the first core; the proxy under test has the second for itself. */
const cores = { load: 0, proxy: 1 };

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void console.log(usage);
  const pinned = options.pin && availableParallelism() > 1;
  if (pinned) execFileSync('taskset', ['-acp', String(cores.load), String(process.pid)], { stdio: 'ignore' });
  const result = {
    machine: { ...describeMachine(), pinned },
    options,
    notes: [],
    versions: {},
    samples: {},
    counts: {},
  };
  const note = (text) => {
    if (!result.notes.includes(text)) result.notes.push(text);
    console.error(`  ! ${text}`);
  };
  const peers = choosePeers(options, result, note);
  const rows = choose(allRows, options.rows, 'row');
  const materials = makeMaterials();
  const destination = startDestination(materials, pinned ? cores.load : null);
  try {
    const destinationPort = await portOf(destination);
    const bench = { options, materials, destinationPort, core: pinned ? cores.proxy : null };
    await proveThatRefusalsCount(bench);
    for (let run = 0; run < options.runs; run += 1) {
      console.error(`run ${run + 1} of ${options.runs}`);
      const order = peers.map((_peer, index) => peers[(index + run) % peers.length]);
      await playRound(bench, order, rows, { ...recorders(result, run), note });
    }
  } finally {
    await stop(destination);
    rmSync(materials.dir, { recursive: true, force: true });
  }
  const report = renderReport(result, peers, rows);
  console.log(report);
  if (options.markdown !== undefined) writeFileSync(options.markdown, report);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
}

function choosePeers(options, result, note) {
  return choose(allPeers, options.peers, 'peer').filter((peer) => {
    const missing = peer.unavailable();
    if (missing === null) result.versions[peer.name] = peer.version();
    else note(`${peer.title} is left out: ${missing}.`);
    return missing === null;
  });
}

function choose(all, names, kind) {
  const unknown = names?.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new TypeError(`There is no ${kind} '${unknown}'; there are ${all.map((one) => one.name).join(', ')}.`);
  }
  return names === undefined ? all : all.filter((one) => names.includes(one.name));
}

/** The count of errors is worth something only if a request without the credential is one. */
async function proveThatRefusalsCount(bench) {
  const target = makeTarget(await direct.start(bench), bench);
  const socket = await openTls(target);
  const status = await request(socket, makeRequests(false, bench).json);
  socket.destroy();
  if (status !== 401) throw new Error(`The destination answered ${status} to a request without the credential.`);
}

function recorders({ samples, counts }, run) {
  return {
    record(peer, metric, value) {
      samples[metric] ??= {};
      samples[metric][peer.name] ??= [];
      samples[metric][peer.name][run] = value;
      console.error(`  ${peer.name} ${metric} ${Number(value.toPrecision(4))}`);
    },
    count(peer, { done, errors }) {
      counts[peer.name] ??= { done: 0, errors: 0 };
      counts[peer.name].done += done;
      counts[peer.name].errors += errors;
    },
  };
}

await main();
