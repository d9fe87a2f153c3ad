import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, program, root } from '../support/run.js';

/** An ordinary user with a home: whoever runs the tests, or nobody where that is root, whom nothing is kept from. */
export interface Unprivileged {
  readonly home: string;
  readonly cache: string;
  /** The program, where this user can read it. */
  readonly program: string;
  readonly identity: { readonly uid?: number; readonly gid?: number };
  close(): void;
}

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Undefined, and a note, where there is no such user: not on Linux, a root that may not become another, a Node closed to others. */
export function unprivileged(node: string): Unprivileged | undefined {
  const identity = isRoot ? { uid: nobody, gid: nobody } : {};
  if (process.platform !== 'linux' || spawnSync(node, ['--version'], { ...identity, cwd: '/' }).status !== 0) {
    console.warn(`no ordinary user on Linux who can run ${node} here: not tried`);
    return undefined;
  }
  const home = mkdtempSync(join(tmpdir(), 'keywright-user-'));
  const cache = join(home, 'cache');
  mkdirSync(cache);
  const readable = spawnSync(node, ['--', program, '--version'], { ...identity, cwd: '/' }).status === 0;
  const own = readable ? program : copyProgram(home);
  if (isRoot) for (const path of [home, cache]) chownSync(path, nobody, nobody);
  return { home, cache, program: own, identity, close: () => rmSync(home, { recursive: true, force: true }) };
}

export interface Launch {
  readonly node?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** `keywright ARG…` as that user. */
export function launch(
  user: Unprivileged,
  args: readonly string[],
  { node = process.execPath, environment = {}, nodeOptions = [] }: Launch = {},
): ChildProcessWithoutNullStreams {
  return spawn(node, [...nodeOptions, '--', user.program, ...args], {
    cwd: user.home,
    env: { ...cleanEnvironment(user.home, { XDG_CACHE_HOME: user.cache }), ...environment },
    timeout: 50_000,
    killSignal: 'SIGKILL',
    ...user.identity,
  });
}

/** A checkout in a home that is closed to others: the program and what it needs, where they can be read. */
function copyProgram(home: string): string {
  const place = join(home, 'program');
  cpSync(join(root, 'dist'), join(place, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  const wanted = dependenciesOf(root);
  for (const name of wanted) {
    const from = join(root, 'node_modules', name);
    if (!existsSync(from)) continue;
    cpSync(from, join(place, 'node_modules', name), { recursive: true });
    for (const more of dependenciesOf(from)) wanted.add(more);
  }
  return join(place, 'dist/main.js');
}

function dependenciesOf(folder: string): Set<string> {
  const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: object };
  return new Set(Object.keys(read.dependencies ?? {}));
}
