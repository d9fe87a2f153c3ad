/**
 * A child that goes after the secret, which it is told backwards so as not to hold it itself: in everything of /proc that the system
 * lets it read, for every process above it. Prints, as JSON, what it found where, by process. An argument `--first CODE` is run before.
 */
import { closeSync, openSync, readFileSync, readdirSync, readlinkSync, readSync } from 'node:fs';

const secret = Buffer.from([...process.argv[2]].reverse().join(''));
const chunk = Buffer.alloc(1 << 20);

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return error.code ?? String(error);
  }
}

function holds(path) {
  return readFileSync(path).includes(secret) ? 'SECRET' : 'read';
}

function memoryHolds(pid) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  let found = 'read';
  for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r(?!.*\[v)/.exec(line) ?? [];
    if (from === undefined) continue;
    const end = parseInt(to, 16);
    for (let at = parseInt(from, 16); at < end; at += chunk.length - secret.length) {
      const size = attempt(() => readSync(memory, chunk, 0, Math.min(chunk.length, end - at), at));
      if (typeof size !== 'number') break;
      if (chunk.subarray(0, size).includes(secret)) found = 'SECRET';
    }
  }
  closeSync(memory);
  return found;
}

function pryInto(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    pid,
    uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]),
    name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
    cmdline: attempt(() => holds(`/proc/${pid}/cmdline`)),
    environ: attempt(() => holds(`/proc/${pid}/environ`)),
    thread: attempt(() => holds(`/proc/${pid}/task/${pid}/environ`)),
    memory: attempt(() => memoryHolds(pid)),
    auxv: attempt(() => holds(`/proc/${pid}/auxv`)),
    fd: attempt(() => readdirSync(`/proc/${pid}/fd`).length > 0 && 'read'),
    program: attempt(() => readlinkSync(`/proc/${pid}/exe`) && 'read'),
    folder: attempt(() => readlinkSync(`/proc/${pid}/cwd`) && 'read'),
  };
}

const parent = (pid) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
const above = [];
for (let pid = process.ppid; pid > 1; pid = parent(pid)) above.push(pryInto(pid));
console.log(JSON.stringify(above));
