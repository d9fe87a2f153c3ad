/**
 * `node scripts/side-by-side.mjs NAME…`: runs scripts of package.json, two at a time and in this order. What each of them says comes in one
 * piece when it is over. All of them are run, whatever becomes of one; fails where any has failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const waiting = process.argv.slice(2);
let failed = false;

async function run(name) {
  const started = Date.now();
  // One pipe for both, so that lines stay in the order in which they were said.
  const child = spawn('sh', ['-c', 'npm run --silent "$0" 2>&1', name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) failed = true;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${said}${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`);
}

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

await Promise.all([work(), work()]);
process.exitCode = failed ? 1 : 0;
