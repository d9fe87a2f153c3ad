import { isAbsolute, join } from 'node:path';
import { identityBeside } from '../config/schema-store.js';
import type { Config } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { checkNewPassphrase, openStore, type Store, type StoreSettings } from '../secrets/store/index.js';
import type { Invocation } from './command.js';
import { findConfig } from './configuration.js';
import type { Terminal } from './terminal.js';

export interface LocatedStore {
  readonly store: Store;
  readonly settings: StoreSettings;
  /** Whether a configuration said where it is. */
  readonly configured: boolean;
  /** The fields of this secret that no configured secret holds for secret. */
  readonly plainFields: (name: string) => readonly string[];
  /** What the configured secret of this name reads instead, where that is another and nobody reads this. */
  readonly readInstead: (name: string) => string | undefined;
}

/** The store of the configuration or, where there is none, that of the user. */
export function locateStore(invocation: Invocation, terminal: Terminal): LocatedStore {
  const config = findConfig(invocation, terminal);
  const settings = config?.store ?? userStore(terminal);
  const { environment, platform } = terminal;
  const askPassphrase = (isNew: boolean): Promise<string> => passphrase(settings, isNew, terminal);
  const store = openStore(settings, { environment, platform, clock: systemClock, askPassphrase });
  const plainFields = (name: string): readonly string[] => (config === undefined ? [] : plainFieldsOf(config, name));
  const readInstead = (name: string): string | undefined =>
    config === undefined ? undefined : insteadOf(config, name);
  return { store, settings, configured: config !== undefined, plainFields, readInstead };
}

/** Those that are plain for all who read it: for one of several secrets alone, a short value would be there for the others in vain. */
function plainFieldsOf({ secrets }: Config, stored: string): readonly string[] {
  const readers = readersIn({ secrets }).filter(({ wanted }) => wanted === stored);
  const [first = [], ...others] = readers.map(({ plainFields }) => plainFields);
  return first.filter((field) => others.every((fields) => fields.includes(field)));
}

function insteadOf(config: Config, stored: string): string | undefined {
  const readers = readersIn(config);
  if (readers.some(({ wanted }) => wanted === stored)) return undefined;
  return readers.find(({ name }) => name === stored)?.wanted;
}

interface Reader {
  readonly name: string;
  readonly wanted: string;
  readonly plainFields: readonly string[];
}

/** The secrets that come from the store, and the name there that each of them reads. */
function readersIn({ secrets }: Pick<Config, 'secrets'>): readonly Reader[] {
  return Array.from(secrets)
    .filter(([, { kind }]) => kind.kind === 'store')
    .map(([name, { options, plainFields }]) => {
      const { name: wanted = name } = options as { readonly name?: string };
      return { name, wanted, plainFields };
    });
}

/** XDG Base Directory Specification: a relative path in the variable is to be ignored. */
function userStore({ environment, home }: Terminal): StoreSettings {
  const chosen = environment['XDG_DATA_HOME'];
  const data = chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, '.local', 'share');
  const file = join(data, 'keywright', 'secrets.age');
  return { file, identity: { from: 'file', path: identityBeside(file) } };
}

async function passphrase({ file }: StoreSettings, isNew: boolean, terminal: Terminal): Promise<string> {
  const given = await terminal.askHidden(`Passphrase of ${isNew ? 'the new store ' : ''}${file}: `);
  if (given === undefined) {
    throw new MissingError('the passphrase of the store is asked for at a terminal, and there is none.');
  }
  // Before it is typed a second time.
  if (isNew) checkNewPassphrase(given);
  if (isNew && (await terminal.askHidden('Once more: ')) !== given) {
    throw new UsageError('the two passphrases are not the same.');
  }
  return given;
}
