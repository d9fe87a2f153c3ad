import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.js';

/** What an action throws; an error of its own where it throws nothing. */
export function failure(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

export const day = 86_400_000;

export const clockAt = (at: number): Clock => ({ now: () => at, elapsed: () => at });

/** A CA as an operator has it on disk. */
export function operatorFiles(dir: string, cert: string, key: string): { cert_file: string; key_file: string } {
  const paths = { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') };
  writeFileSync(paths.cert_file, cert);
  writeFileSync(paths.key_file, key, { mode: 0o600 });
  return paths;
}
