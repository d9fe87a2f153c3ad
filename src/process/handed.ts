import { readFileSync } from 'node:fs';

/**
 * A process that is started again from the unreadable Node gets its user's environment under other names, so that none of it acts
 * on its start: a NODE_OPTIONS with `--inspect` or `--require`, an LD_PRELOAD or NODE_V8_COVERAGE would open the process that
 * holds the secrets to its child. The child gets every variable as it was.
 */
const prefix = 'KEYWRIGHT_OF_USER_';

/** Says to the process how its environment comes: under other names, or from the process that waits for it. */
export const handedVariable = 'KEYWRIGHT_HANDED';
export type Handed = 'renamed' | 'by-parent';

/** These only add to or choose the roots that destinations are verified with, and Node reads them at its start alone. */
const keptVariables: readonly string[] = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** Options of Node that open nothing: memory, roots, address order, FIPS. */
const keptOptions =
  /^--(?:max[-_](?:old|semi)[-_]space[-_]size=\d+|use-(?:system|openssl|bundled)-ca|dns-result-order=\w+|(?:enable|force)-fips)$/;

export type Environment = Record<string, string | undefined>;

/** The environment for a start under other names. */
export function renamedEnvironment(environment: Readonly<Environment>): Record<string, string> {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(set.map(([name, value]) => [`${prefix}${name}`, value])),
    ...startEnvironment(environment, 'renamed'),
  };
}

/** What acts on the start itself, and nothing else. */
export function startEnvironment(environment: Readonly<Environment>, handed: Handed): Record<string, string> {
  const kept = keptVariables.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
  return { ...(Object.fromEntries(kept) as Record<string, string>), [handedVariable]: handed };
}

/** Options of Node that the user gave on the command line or in NODE_OPTIONS, as far as they are safe. */
export function keptNodeOptions(execArgv: readonly string[], nodeOptions: string | undefined): string[] {
  return [...(nodeOptions ?? '').split(/\s+/), ...execArgv].filter((option) => keptOptions.test(option));
}

/** Undoes `renamedEnvironment` in place. */
export function restoreEnvironment(environment: Environment): void {
  const handed = Object.entries(environment).filter(([name]) => name.startsWith(prefix));
  replaceEnvironment(environment, new Map(handed.map(([name, value]) => [name.slice(prefix.length), value ?? ''])));
}

/** Takes over the environment that another process of this user was started with. Throws what the file system throws. */
export function adoptEnvironmentOf(pid: number, environment: Environment): void {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const pairs = entries.flatMap((entry) => {
    const end = entry.indexOf('=', 1);
    return end === -1 ? [] : [[entry.slice(0, end), entry.slice(end + 1)] as const];
  });
  // Of two variables of one name, getenv(3) finds the first.
  replaceEnvironment(environment, new Map(pairs.reverse()));
}

function replaceEnvironment(environment: Environment, by: ReadonlyMap<string, string>): void {
  for (const name of Object.keys(environment)) Reflect.deleteProperty(environment, name);
  for (const [name, value] of by) environment[name] = value;
}
