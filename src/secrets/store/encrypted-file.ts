import { readSmallFile, type FoundFile } from './small-file.js';

/** Bytes of a store: some thousand secrets. */
export const largestStore = 4 * 1024 * 1024;

/**
 * The store as it lies on the disk; undefined where there is none. Everybody may read it; whoever could write it, and knows the public
 * key that it is encrypted with, could put values of theirs in it: age does not say who has encrypted. Throws a `MissingError`.
 */
export function readEncrypted(path: string): Promise<FoundFile | undefined> {
  return readSmallFile({ path, what: 'the store', most: largestStore, refused: 0o022, instead: 'chmod go-w' });
}
