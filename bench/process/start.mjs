import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Starts a program on one core, with nothing in its environment but PATH, HOME and what is given. */
export function startPinned(core, command, args, { env = {}, cwd } = {}) {
  const [program, ...rest] = core === null ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd ?? process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      if (said.length < 50) said.push(chunk.toString());
    });
  }
  child.on('error', (error) => said.push(String(error)));
  return { child, pid: child.pid, said: () => said.join('').trim() };
}

/** Milliseconds from `since` until the port takes a connection. Throws with what the program said where it does not. */
export async function untilListening(started, port, since, patience = 20_000) {
  for (;;) {
    if (await accepts(port)) return performance.now() - since;
    const dead = started.child.exitCode !== null || started.child.pid === undefined;
    if (dead || performance.now() - since > patience) {
      started.child.kill('SIGKILL');
      throw new Error(`It did not listen on port ${port}. It said: ${started.said().slice(0, 2000)}`);
    }
    await pause(2);
  }
}

export async function stop(started) {
  const { child } = started;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(hard);
}

/** A port that nobody has at this moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Refused: it is not up yet.
    return false;
  } finally {
    socket.destroy();
  }
}
