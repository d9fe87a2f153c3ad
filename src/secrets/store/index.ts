import { changeContents, readContents } from './change.js';
import type { Contents } from './contents.js';
import { sealedStore, type SealedContents } from './sealed.js';
import type { StoreSettings, StoreSurroundings } from './settings.js';

export { fieldName, secretName, type Contents, type StoredSecret } from './contents.js';
export { checkNewPassphrase } from './key.js';
export { setCommand } from './set-command.js';
export type { StoreIdentity, StoreSettings } from './settings.js';

/** The built-in store: one file, encrypted by age (docs/decisions/0023-the-built-in-store.md). */
export interface Store {
  /** For sources: sealed, decrypted only where it changed. Rejects with a `MissingError`, or once the signal aborts. */
  readonly sealed: (signal: AbortSignal) => Promise<SealedContents>;
  /** For its owner: in plaintext; undefined where there is no store. Rejects with a `MissingError` or a `UsageError`. */
  readonly contents: () => Promise<Contents | undefined>;
  /** Changes it wholly or not at all, and no other process meanwhile. `made` tells where an identity was made for a new store. */
  readonly change: (
    edit: (contents: Contents | undefined) => Contents,
  ) => Promise<{ readonly made: string | undefined }>;
}

/** Reads nothing before it is asked. */
export function openStore(settings: StoreSettings, surroundings: StoreSurroundings): Store {
  return {
    sealed: sealedStore(settings, surroundings),
    contents: () => readContents(settings, surroundings),
    change: (edit) => changeContents(settings, surroundings, edit),
  };
}
