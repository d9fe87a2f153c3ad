import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { adoptEnvironmentOf, type Environment } from './handed.js';
import { hasBlankEnvironment } from './reach.js';

/** Before version 22.15, Node cannot put another program in its own place: a process stays, and holds as little as can be. */
export interface Waiting {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

/** Where the two processes know of each other: each notices here when the other is gone. */
const line = 3;

/** What a keyboard sends to every process in the foreground of a terminal. */
const fromKeyboard: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH', 'SIGCONT'];

/**
 * Starts the program that takes over, blanks the environment here once it was read there, hands signals on, and resolves to the
 * exit code (128 + the signal that ended it); to undefined where the program never took over.
 */
export async function waitFor({ program, args, environment, onSignal }: Waiting): Promise<number | undefined> {
  const stdio = ['inherit', 'inherit', 'inherit', 'pipe'] as const;
  const child = spawn(program, args, { env: environment, stdio: [...stdio], argv0: 'keywright' });
  let tookOver = false;
  const stopListening = onSignal((signal) => {
    if (!fromKeyboard.includes(signal) || !isInForeground()) child.kill(signal);
  });
  const channel = child.stdio[line] as Socket | undefined;
  channel
    ?.on('error', () => undefined)
    .once('data', () => {
      tookOver = true;
      blankEnvironment();
      channel.write('.');
    });
  try {
    return await new Promise<number | undefined>((resolve) => {
      child.once('error', () => resolve(undefined));
      child.once('exit', (code, signal) => {
        // It was meant for the one that was started by name, which is this one.
        if (signal === 'SIGKILL' && tookOver) process.kill(process.pid, signal);
        const ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
        resolve(tookOver ? ended : undefined);
      });
    });
  } finally {
    stopListening();
  }
}

/**
 * The other side: takes the environment of the waiting process over, and resolves to whether that process has forgotten it.
 * Throws where it cannot be read. From then on this process ends as hard as the waiting one does.
 */
export async function takeOver(environment: Environment): Promise<boolean> {
  const parent = process.ppid;
  const channel = new Socket({ fd: line });
  channel.on('error', () => undefined).on('close', () => process.kill(process.pid, 'SIGKILL'));
  adoptEnvironmentOf(parent, environment);
  channel.write('.');
  await once(channel, 'data');
  channel.resume().unref();
  return hasBlankEnvironment(parent);
}

/** The fields of /proc/self/stat from the third on: the name before them may hold spaces (proc_pid_stat(5)). */
function ownStat(): readonly number[] {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

function isInForeground(): boolean {
  const [, , group, , , foreground] = ownStat();
  return group === foreground;
}

/** What a process was started with stays readable in /proc until it ends, unless the memory that it lies in is written over. */
function blankEnvironment(): void {
  const [start = 0, end = 0] = ownStat().slice(47, 49);
  try {
    const memory = openSync('/proc/self/mem', 'r+');
    writeSync(memory, Buffer.alloc(end - start), 0, end - start, start);
    closeSync(memory);
  } catch {
    // The other process looks, and says that it can still be read.
  }
}
