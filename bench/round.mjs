import { closedLoop } from './load/closed-loop.mjs';
import { stop } from './process/start.mjs';
import { cpuNanoseconds, residentMiB } from './process/usage.mjs';
import { makeRequests, makeTarget } from './target.mjs';

/** A peer that hangs must not hold the benchmark up. */
const rowLimit = (options) => 120_000 + options.seconds * 4000;

/** Compilers and caches get their work done before anything is measured. */
const warmUp = {
  name: 'warm-up',
  metrics: [],
  measure: async ({ target, requests, options }) => {
    const { done, errors } = await closedLoop(target, requests.json, 32, options.warmup);
    return { values: {}, errors, done };
  },
};

/**
 * One run: every peer is started afresh and warmed up, then each row is measured on one peer after the other, so that two
 * figures that are compared lie seconds apart. `order` is the peers' order in this run. Calls `record(peer, metric, value)`
 * and `count(peer, { done, errors })`.
 */
export async function playRound(bench, order, rows, { record, count, note }) {
  const playing = [];
  try {
    for (const peer of order) {
      const running = await startPeer(peer, bench, note);
      if (running === null) continue;
      playing.push(running);
      record(peer, 'ready', running.readyMs ?? NaN);
      record(peer, 'ready_cpu', running.cpu() / 1e6);
    }
    for (const row of [warmUp, ...rows]) {
      for (const running of playing) await measure(row, running, bench, { record, count, note });
    }
  } finally {
    for (const { started } of playing) if (started !== null) await stop(started);
  }
}

async function startPeer(peer, bench, note) {
  try {
    const running = await peer.start(bench);
    const pid = running.started?.pid;
    return {
      ...running,
      peer,
      target: makeTarget(running, bench),
      requests: makeRequests(peer.clientHoldsCredential, bench),
      cpu: () => (pid === undefined ? NaN : cpuNanoseconds(pid)),
      memory: () => (pid === undefined ? NaN : residentMiB(pid)),
      options: bench.options,
    };
  } catch (error) {
    note(`${peer.title} could not be started: ${error.message}`);
    return null;
  }
}

async function measure(row, running, bench, { record, count, note }) {
  const { peer, target, started } = running;
  if ((row.needsProxy && started === null) || row.without?.includes(peer.name)) return;
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), rowLimit(bench.options));
  });
  try {
    const { values, errors, done } = await Promise.race([row.measure(running), late]);
    for (const [metric, value] of Object.entries(values)) record(peer, metric, value);
    count(peer, { done, errors });
  } catch (error) {
    note(`${peer.title}, ${row.name}: ${error.message}`);
    for (const { key } of row.metrics) record(peer, key, NaN);
    count(peer, { done: 0, errors: 1 });
  } finally {
    clearTimeout(timer);
    for (const socket of target.sockets) socket.destroy();
  }
}
