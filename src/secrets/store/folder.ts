import { statSync } from 'node:fs';
import { MissingError } from '../../core/usage-error.js';

/** Where everybody may write, somebody else's file can take the place of ours. Throws a `MissingError`. */
export function checkFolder(path: string): void {
  if (process.platform === 'win32') return;
  const { mode } = statSync(path);
  // In a folder such as /tmp everybody may write, but nobody can replace what belongs to others.
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    throw new MissingError(`every user can write to the folder ${path}: make it 0700.`);
  }
}
