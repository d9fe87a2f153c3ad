import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, it } from '@jest/globals';
import { ended, root, type Ended } from '../support/run.js';
import { launch, unprivileged, type Launch, type Unprivileged } from './unprivileged.js';

export const token = `ghp_${randomBytes(18).toString('hex')}`;

/** A child that goes after the token, which it is told backwards. */
export const thief: readonly string[] = [
  process.execPath,
  `${root}test/run/thief/thief.mjs`,
  Array.from(token).reverse().join(''),
];

/** What the thief found of a process above it. */
export interface Pried {
  readonly pid: number;
  readonly uid: number;
  readonly name: string;
  readonly [way: string]: unknown;
}

/** The processes of our own above the thief, nearest first: this test and what started it come after. */
export function ours(stdout: string): readonly Pried[] {
  const above = JSON.parse(stdout) as readonly Pried[];
  return above.slice(
    0,
    above.findIndex(({ pid }) => pid === process.pid),
  );
}

/** A cache that cannot be used: the proxy stays readable. */
export const noCache = { environment: { XDG_CACHE_HOME: '/proc/no-such-folder' } };

/** `keywright run -- COMMAND…` as that user, whose environment holds the token. */
export async function runAs(by: Unprivileged, command: readonly string[], options: Launch = {}): Promise<Ended> {
  const environment = { GITHUB_TOKEN: token, ...options.environment };
  const child = launch(by, ['run', '--', ...command], { ...options, environment });
  child.stdin.end();
  return ended(child);
}

/** What makes tests of this file ones as an ordinary user, where there is one who can run the Node that is tried. */
export function ordinaryUser(
  node = process.execPath,
): (name: string, test: (user: Unprivileged) => Promise<void> | void) => void {
  let user: Unprivileged | undefined;
  beforeAll(() => {
    user = unprivileged(node);
  });
  afterAll(() => user?.close());
  return (name, test) => {
    it(name, async () => {
      if (user !== undefined) await test(user);
    });
  };
}
