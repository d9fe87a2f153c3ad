import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { ProcessGroup } from './exec-group.js';
import { unlessAborted } from './unless-aborted.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Bytes of its output that are read. */
const largest = 64 * 1024;
/** What it has written is read by then, milliseconds: a process that it has left behind may hold its output open for ever. */
const leftovers = 100;

/**
 * Runs a command without a shell and without input, and resolves to what it wrote when it has ended well. Its standard error goes nowhere,
 * as it may repeat a secret. It is a process group of its own, and what is left of that ends with it: a helper that means to stay has to
 * leave the group, as daemons do. Rejects with a `Reason` that holds nothing of its output, or at once when the signal aborts.
 */
export async function runCommand({ file, args, folder, environment }: Command, signal: AbortSignal): Promise<Buffer> {
  const { spawn } = await import('node:child_process');
  signal.throwIfAborted();
  try {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      shell: false,
    });
    return await unlessAborted(outputOf(child, child.stdout, signal), signal);
  } catch (error) {
    // Some errors of starting it are thrown, and hold its arguments.
    throw errorCode(error) !== undefined && !(error instanceof Refusal) ? notStarted(error) : error;
  }
}

function notStarted(error: unknown): Reason {
  return new Reason(`it cannot be started (${errorCode(error) ?? 'unknown'})`);
}

async function outputOf(child: ChildProcess, stdout: Readable, signal: AbortSignal): Promise<Buffer> {
  const group = new ProcessGroup(child);
  const end = (): void => group.end();
  signal.addEventListener('abort', end);
  const output = read(stdout, () => group.kill());
  try {
    const ending = await endingOf(child);
    group.leave();
    await output.finished();
    if (output.isTooLong()) throw new Reason(`it wrote more than ${largest} bytes`);
    if (ending !== 'exit code 0') throw new Reason(`it ended with ${ending}`);
    return output.bytes();
  } finally {
    signal.removeEventListener('abort', end);
    group.leave();
    stdout.destroy();
  }
}

function endingOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(error)));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code ?? ''}` : `signal ${signal}`));
  });
}

function read(stdout: Readable, onTooLong: () => void) {
  const pieces: Buffer[] = [];
  let length = 0;
  stdout.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length <= largest) return void pieces.push(piece);
    pieces.length = 0;
    stdout.destroy();
    onTooLong();
  });
  const closed = new Promise<void>((resolve) => {
    stdout.once('close', resolve);
    // Whatever it is, nothing more comes: how the command ends says the rest.
    stdout.once('error', () => resolve());
  });
  return {
    bytes: () => Buffer.concat(pieces),
    isTooLong: () => length > largest,
    finished: async (): Promise<void> => {
      let timer: NodeJS.Timeout | undefined;
      // What is in the pipe is read between a timer and the second turn behind it, however late the timer is.
      const waited = new Promise<void>((resolve) => {
        timer = setTimeout(() => setImmediate(() => setImmediate(resolve)), leftovers);
      });
      await Promise.race([closed, waited]);
      clearTimeout(timer);
    },
  };
}
