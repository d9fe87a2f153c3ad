import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { removeDrafts, replaceFile } from '../../core/durable.js';
import { errorCode } from '../../core/error-code.js';
import { MissingError, UsageError } from '../../core/usage-error.js';
import { decrypt, encrypt, type StoreKey } from './age.js';
import { formatContents, parseContents, type Contents } from './contents.js';
import { largestStore, readEncrypted } from './encrypted-file.js';
import { checkFolder } from './folder.js';
import { newStoreKey, storeKey } from './key.js';
import { withLock, type LockTerms } from '../file-lock.js';
import type { StoreSettings, StoreSurroundings } from './settings.js';

/** What a store holds; undefined where there is none. Throws a `MissingError` or a `UsageError`. */
export async function readContents(
  { file, identity }: StoreSettings,
  surroundings: StoreSurroundings,
): Promise<Contents | undefined> {
  const found = await readEncrypted(file);
  if (found === undefined) return undefined;
  return parseContents(await decrypt(found.bytes, await storeKey(identity, surroundings), file), file);
}

/** Holding the lock takes seconds. */
const usual: LockTerms = {
  patience: 30_000,
  abandoned: 600_000,
  busy: (path) => new MissingError(`another process is at work with the store. If there is none, remove ${path}.`),
};

/**
 * Reads, changes and writes a store as one step that no other process comes between, and that is done wholly or not at all, also where
 * this process is killed. `edit` gets undefined where there is no store yet; what it throws changes nothing.
 */
export async function changeContents(
  settings: StoreSettings,
  surroundings: StoreSurroundings,
  edit: (contents: Contents | undefined) => Contents,
  terms: LockTerms = usual,
): Promise<{ readonly made: string | undefined }> {
  const { file } = settings;
  try {
    if (lstat(file) === undefined) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    checkFolder(dirname(file));
    const asking = await asksBefore(settings, surroundings);
    return await withLock(
      `${file}.lock`,
      async (check) => {
        checkOwn(file);
        removeDrafts(file);
        const { contents, key, made } = await open(settings, asking);
        const bytes = await encrypt(formatContents(edit(contents)), await key());
        if (bytes.length > largestStore)
          throw new MissingError(`the store would be larger than ${largestStore} bytes.`);
        check();
        replaceFile(file, bytes, 0o600);
        return { made: made() };
      },
      terms,
    );
  } catch (error) {
    const code = errorCode(error);
    if (error instanceof MissingError || error instanceof UsageError || code === undefined) throw error;
    throw new MissingError(`the store ${file} cannot be written (${code}).`, { cause: error });
  }
}

interface Opened {
  readonly contents: Contents | undefined;
  /** Made only when it is needed: an edit that is refused leaves no identity behind. */
  readonly key: () => Promise<StoreKey>;
  readonly made: () => string | undefined;
}

async function open({ file, identity }: StoreSettings, surroundings: StoreSurroundings): Promise<Opened> {
  const found = await readEncrypted(file);
  if (found !== undefined) {
    const key = await storeKey(identity, surroundings);
    const contents = parseContents(await decrypt(found.bytes, key, file), file);
    return { contents, key: () => Promise.resolve(key), made: () => undefined };
  }
  let made: string | undefined;
  const key = async (): Promise<StoreKey> => {
    const fresh = await newStoreKey(identity, surroundings);
    made = fresh.made;
    return fresh.key;
  };
  return { contents: undefined, key, made: () => made };
}

/** A person takes their time, and others would wait for the lock. */
async function asksBefore(
  { file, identity }: StoreSettings,
  surroundings: StoreSurroundings,
): Promise<StoreSurroundings> {
  const { askPassphrase } = surroundings;
  if (identity.from !== 'passphrase' || identity.file !== undefined || askPassphrase === undefined) return surroundings;
  const given = await askPassphrase(lstat(file) === undefined);
  return { ...surroundings, askPassphrase: () => Promise.resolve(given) };
}

/** A link would be replaced by a file, and what it leads to would stay as it was; an owner would lose what was theirs. */
function checkOwn(file: string): void {
  const found = lstat(file);
  if (found === undefined) return;
  if (found.isSymbolicLink()) {
    throw new MissingError(`the store ${file} is a symbolic link, which is not written through: name the file itself.`);
  }
  const self = process.getuid?.() ?? found.uid;
  if (found.uid !== self) {
    throw new MissingError(`the store ${file} belongs to another user (${found.uid}): change it as that user.`);
  }
}

function lstat(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}
