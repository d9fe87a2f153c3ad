import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const program = `${root}dist/main.js`;
export const clients = `${root}test/interop/clients/`;

/** The Node binaries to try: the one that runs the tests, and those that KEYWRIGHT_TEST_NODES names (separated by colons). */
export function nodeBinaries(): readonly string[] {
  const more = (process.env['KEYWRIGHT_TEST_NODES'] ?? '').split(':').filter((path) => path !== '' && existsSync(path));
  return [process.execPath, ...more];
}

/** A Python, with `requests` where KEYWRIGHT_TEST_PYTHON names one that has it. */
export const python = process.env['KEYWRIGHT_TEST_PYTHON'] ?? 'python3';

/** Whether a program that not every machine has is here; says so where it is not. */
export function has(command: string, ...args: string[]): boolean {
  const there = spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  if (!there) console.warn(`${[command, ...args].join(' ')} does not work here: not tried`);
  return there;
}

export interface Ended {
  /** Null where a signal ended `keywright` itself. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Home folder and folder for temporary files. */
  readonly folder: string;
  readonly config?: string;
  /** More options of `run`. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The current folder, else that of this repository. */
  readonly cwd?: string;
  /** A module that Node loads into Keywright itself before all of it. */
  readonly preload?: string;
}

/** The variables of a user's shell, and nothing of this test's own: no proxy, no trust, no Node options. Caches are shared. */
export function cleanEnvironment(folder: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const XDG_CACHE_HOME = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', XDG_CACHE_HOME, ...more };
}

/** `keywright run --config CONFIG … -- COMMAND…` as a user would type it; ended by force when it takes far too long. */
export function startRun(command: readonly string[], options: RunOptions): ChildProcessWithoutNullStreams {
  const config = options.config === undefined ? [] : ['--config', options.config];
  return startKeywright(['run', ...config, ...(options.options ?? []), '--', ...command], options);
}

/** `keywright ARG…`. Without the two hyphens Node itself would read our `--env-file`, and obey a NODE_OPTIONS in it. */
export function startKeywright(args: readonly string[], options: RunOptions): ChildProcessWithoutNullStreams {
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  return spawn(process.execPath, [...preload, '--', program, ...args], {
    cwd: options.cwd ?? root,
    env: cleanEnvironment(options.folder, options.environment),
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
}

/** All that it says until it and its child have ended. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

/** Runs it to its end with nothing on stdin. */
export async function keywrightRun(command: readonly string[], options: RunOptions): Promise<Ended> {
  const child = startRun(command, options);
  child.stdin.end();
  return ended(child);
}
