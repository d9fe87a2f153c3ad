import type { Clock } from '../../core/clock.js';

/** Where a store is, and what opens it. Paths are absolute. */
export interface StoreSettings {
  readonly file: string;
  readonly identity: StoreIdentity;
}

export type StoreIdentity =
  /** A file as `age-keygen` writes it. */
  | { readonly from: 'file'; readonly path: string }
  /** An entry of the desktop's keyring. */
  | { readonly from: 'keyring'; readonly name: string }
  /** The first line of a file; without one it is asked for. */
  | { readonly from: 'passphrase'; readonly file: string | undefined };

/** All of the process that a store may touch. */
export interface StoreSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** The configuration that names the store, for messages with a whole command. */
  readonly configFile?: string;
  /** Asks a person for the passphrase; absent where there is none to ask. `isNew`: for a store that is about to be made. */
  readonly askPassphrase?: (isNew: boolean) => Promise<string>;
}
