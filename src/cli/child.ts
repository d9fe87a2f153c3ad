import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { errorCode } from '../core/error-code.js';
import { MissingError } from '../core/usage-error.js';
import type { Terminal } from './terminal.js';

export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether a terminal is attached: it delivers its own signals to the child, which must not get them twice. */
  readonly interactive: boolean;
}

const fromTerminal: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH', 'SIGCONT'];

/**
 * Runs a program with our own stdin, stdout and stderr untouched, hands signals on to it, and resolves to its exit code,
 * or to 128 + the signal that ended it, as shells do.
 */
export async function runChild(child: ChildCommand, terminal: Terminal): Promise<number> {
  const { command, interactive } = child;
  let started: ChildProcess | undefined;
  // Listening comes first: a signal between the start and the listening would end us and leave the child behind.
  const stopListening = terminal.onSignal((signal) => {
    if (!interactive || !fromTerminal.includes(signal)) started?.kill(signal);
  });
  try {
    const running = start(child);
    started = running;
    return await new Promise<number>((resolve, reject) => {
      running.once('error', (error) => reject(new MissingError(cannotStart(command, error))));
      running.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    stopListening();
  }
}

/** Most failures come as an event; a list that is too long is thrown. */
function start({ command, args, environment }: ChildCommand): ChildProcess {
  try {
    return spawn(command, args, { env: environment, stdio: 'inherit', shell: false });
  } catch (error) {
    throw new MissingError(cannotStart(command, error));
  }
}

function cannotStart(command: string, error: unknown): string {
  const code = errorCode(error);
  const why =
    code === 'ENOENT'
      ? 'there is no such program on the PATH'
      : code === 'EACCES'
        ? 'it is not executable for this user'
        : code === 'E2BIG'
          ? 'its arguments and environment are too large'
          : 'the system refused it';
  return `cannot start ${JSON.stringify(command)}: ${why}.`;
}
