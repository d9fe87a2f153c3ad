import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Sealed } from '../../core/sealed.js';
import { MissingError } from '../../core/usage-error.js';
import { seal } from '../seal.js';
import { unlessAborted } from '../unless-aborted.js';
import { decrypt } from './age.js';
import { parseContents } from './contents.js';
import { readEncrypted } from './encrypted-file.js';
import { storeKey } from './key.js';
import type { StoreSettings, StoreSurroundings } from './settings.js';

/** What a store holds, by name and field. The same object for as long as the store is the same. */
export type SealedContents = ReadonlyMap<string, ReadonlyMap<string, Sealed>>;

/** There is no store yet. */
export class NoStoreError extends MissingError {}

/** A change this soon after another may not show in the file's times, milliseconds: clocks of file systems are coarse. */
const coarseness = 2000;

/** A store that was read: `stamp` is undefined while it is too young to tell a change by its times. */
interface Known {
  readonly stamp: string | undefined;
  readonly digest: string;
  readonly contents: SealedContents;
}

/**
 * The contents of a store for all the sources that read from it: looked at for every use, decrypted only where it changed, and once for
 * all that ask at the same time. Rejects with a `MissingError`, or with what `unlessAborted` says.
 */
export function sealedStore(
  { file, identity }: StoreSettings,
  surroundings: StoreSurroundings,
): (signal: AbortSignal) => Promise<SealedContents> {
  let known: Known | undefined;
  let looking: Promise<SealedContents> | undefined;

  const look = async (): Promise<SealedContents> => {
    const asked = surroundings.clock.now();
    if (known?.stamp !== undefined && known.stamp === (await stampAt(file))) return known.contents;
    const found = await readEncrypted(file);
    if (found === undefined) {
      known = undefined;
      throw new NoStoreError(`the store ${file} does not exist.`);
    }
    const stamp = Number(found.stats.ctimeMs) < asked - coarseness ? stampOf(found.stats) : undefined;
    // No two encryptions are the same, even of the same: the same bytes need not be decrypted again.
    const digest = createHash('sha256').update(found.bytes).digest('hex');
    const contents =
      known?.digest === digest
        ? known.contents
        : sealed(await decrypt(found.bytes, await storeKey(identity, surroundings), file), file);
    known = { stamp, digest, contents };
    return contents;
  };

  return (signal) => {
    looking ??= look().finally(() => (looking = undefined));
    return unlessAborted(looking, signal);
  };
}

function sealed(text: string, file: string): SealedContents {
  return new Map(
    Array.from(parseContents(text, file), ([name, { fields }]) => [
      name,
      new Map(Array.from(fields, ([field, value]) => [field, seal(name, value)])),
    ]),
  );
}

async function stampAt(file: string): Promise<string | undefined> {
  try {
    return stampOf(await stat(file, { bigint: true }));
  } catch {
    // Reading it will say why.
    return undefined;
  }
}

/** Which file it is and when it last changed: a change of its time of modification alone could be made undone. */
function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mode} ${mtimeNs} ${ctimeNs}`;
}
