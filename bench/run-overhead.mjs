/**
 * What `keywright run` adds to the start of a program, warm: `keywright run -- true` less `true`, in milliseconds.
 * Run after `npm run build`: node bench/run-overhead.mjs [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { summarize } from './statistics.mjs';

const rounds = Number(process.argv[2] ?? 20);
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Nothing secret-shaped that this shell may hold, so that `run` has no reason to refuse. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

function time(command, args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, cwd: '/', encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const measure = () => time(process.execPath, [program, 'run', '--', 'true']) - time('true', []);
measure();
const { median, least, most } = summarize(Array.from({ length: rounds }, measure));
console.log(
  `run -- true adds ${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)}); the budget is 300 ms`,
);
