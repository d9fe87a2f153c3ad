/**
 * Takes one step of a rotation in a process that stops before its Nth call to change the disk: from there on nothing it does
 * reaches the disk, as after kill -9. Exits with 9 then, and with 0 where the step was over before.
 * Arguments: the module, the folder, the step, N, and whether to be killed in earnest (`kill`).
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [module, dir, step, count, how] = process.argv.slice(2);
let left = Number(count);
let stopped = false;
for (const name of ['openSync', 'writeFileSync', 'fsyncSync', 'linkSync', 'renameSync', 'unlinkSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    const reads = name === 'openSync' && !String(args[1]).startsWith('w');
    if (!reads && !stopped && left-- <= 0) {
      if (how === 'kill') process.kill(process.pid, 'SIGKILL');
      stopped = true;
    }
    if (stopped) throw Object.assign(new Error('stopped'), { code: 'ESTOPPED' });
    return real(...args);
  };
}
syncBuiltinESMExports();

const { rotate } = await import(module);
/** Each N of a list, one after the other, each in a folder of its own. */
for (const [folder, n] of dir.split(',').map((one, index) => [one, how === 'kill' ? left : index])) {
  left = n;
  stopped = false;
  try {
    rotate({ dir: folder, step, clock: { now: Date.now, elapsed: () => 0 } });
  } catch (error) {
    if (!stopped) throw error;
  }
  process.stdout.write(stopped ? 'stopped\n' : 'done\n');
}
