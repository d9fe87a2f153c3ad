import { isAbsolute, join } from 'node:path';
import { handedVariable, keptNodeOptions, renamedEnvironment, restoreEnvironment, startEnvironment } from './handed.js';
import type { Environment } from './handed.js';
import { isUnreadable, type Reach } from './reach.js';
import { NoCopyError, unreadableNode } from './unreadable-node.js';
import { takeOver, waitFor } from './waiting.js';

export interface Start {
  /** The program and its arguments, as Node got them. */
  readonly script: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  /** The process's own: it is restored in place. */
  readonly environment: Environment;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

/** Commands that stay while others run that must not read them. */
const staying: readonly (string | undefined)[] = ['run', 'serve'];

/** Since Node 22.15; its types are those of Node 20. Replaces the program of this process, which keeps its place among others. */
const { execve } = process as {
  readonly execve?: (file: string, args: readonly string[], environment: Readonly<Record<string, string>>) => never;
};

/**
 * Makes the process that will hold secrets unreadable for others of its user, where the system allows: Linux keeps what was started
 * from a file without read permission, so the program starts again from such a copy of Node, before anything else is loaded.
 * Resolves to what holds from here on, or to the exit code where another process did the work.
 */
export async function becomeUnreadable(start: Start): Promise<Reach | number> {
  const { args, environment, platform } = start;
  const handed = environment[handedVariable];
  if (handed !== undefined) return afterStart(handed, environment);
  if (isUnreadable()) return { kind: 'unreadable', waits: false };
  if (platform !== 'linux') return readable('this system has no way to prevent it');
  if (process.getuid?.() === 0) return readable('it runs as root, and so does every program of that user');
  if (!staying.includes(args[0])) return readable('this command does not stay');
  try {
    return await startAgain(start, unreadableNode(cacheFolder(start)));
  } catch (error) {
    if (error instanceof NoCopyError) return readable(error.message);
    throw error;
  }
}

async function startAgain(start: Start, node: string): Promise<Reach | number> {
  const { script, args, execArgv, environment, onSignal } = start;
  const options = keptNodeOptions(execArgv, environment['NODE_OPTIONS']);
  const program = ['--', script, ...args];
  if (execve !== undefined) {
    const handed = renamedEnvironment(environment);
    if (isTooLarge([...program, ...Object.entries(handed).map((pair) => pair.join('='))])) {
      return readable('its arguments and environment are too large to be handed on');
    }
    return execve(node, ['keywright', ...options, '--disable-sigusr1', ...program], handed);
  }
  const waiting = { program: node, args: [...options, ...program], onSignal };
  const code = await waitFor({ ...waiting, environment: startEnvironment(environment, 'by-parent') });
  return code ?? readable('a copy of Node did not start');
}

async function afterStart(handed: string, environment: Environment): Promise<Reach | number> {
  const waits = handed === 'by-parent';
  let forgotten = true;
  if (waits) {
    try {
      forgotten = await takeOver(environment);
    } catch {
      // The one that waits goes on by itself, and says that it can be read.
      return 1;
    }
  } else restoreEnvironment(environment);
  if (!isUnreadable()) return readable('this system does not keep a program that may not be read from others');
  return forgotten ? { kind: 'unreadable', waits } : readable('the process that waits for it shows its environment');
}

/** XDG Base Directory Specification: a path that is not absolute is to be ignored. */
function cacheFolder({ environment, home }: Start): string {
  const chosen = environment['XDG_CACHE_HOME'];
  return join(chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, '.cache'), 'keywright');
}

/** Linux takes 128 KiB in one string and 2 MiB in all by default (execve(2)); Node 22 and 24 abort where it refuses. */
function isTooLarge(strings: readonly string[]): boolean {
  const sizes = strings.map((text) => Buffer.byteLength(text) + 1);
  return sizes.some((size) => size > 128_000) || sizes.reduce((sum, size) => sum + size + 8, 0) > 1_000_000;
}

function readable(why: string): Reach {
  return { kind: 'readable', why };
}
