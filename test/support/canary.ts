import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { clients } from './run.js';

/** Sits in a client, but not in Keywright, and writes down where it connects to and which names it looks up. */
export interface Canary {
  /** Options of `run` that put it in: the child alone gets the variables of a --vars file. */
  readonly options: readonly string[];
  /** Whether any client with it in has said something. */
  readonly sang: () => boolean;
  readonly forget: () => void;
  /** All that the client tried to reach was the proxy on loopback. curl has no place for a canary: `-v` tells the same on stderr. */
  expectProxyOnly(stderr?: string): void;
}

export function canaryIn(folder: string): Canary {
  const file = join(folder, 'canary');
  const variables = join(folder, 'canary.env');
  const source = `${clients}canary`;
  writeFileSync(
    variables,
    `CANARY_FILE=${file}\nPYTHONPATH=${source}\nPYTHONDONTWRITEBYTECODE=1\nNODE_OPTIONS='--require="${source}/canary.cjs"'\n`,
  );
  return {
    options: ['--vars', variables],
    sang: () => existsSync(file),
    forget: () => rmSync(file, { force: true }),
    expectProxyOnly(stderr = '') {
      const noted = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
      const tried = Array.from(
        stderr.matchAll(/^\*\s+Trying \[?([^\s\]]+?)\]?:\d+/gm),
        ([, to]) => `connect ${to ?? ''}`,
      );
      const reached = new Set([...noted, ...tried]);
      // Python looks up an address, too.
      expect([...reached].filter((one) => one !== 'connect 127.0.0.1' && one !== 'lookup 127.0.0.1')).toEqual([]);
      expect(reached).toContain('connect 127.0.0.1');
    },
  };
}
