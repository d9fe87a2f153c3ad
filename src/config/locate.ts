import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { UsageError } from '../core/usage-error.js';

export interface Whereabouts {
  /** The value of `--config`. */
  readonly flag?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

/**
 * The configuration file to read, absolute: `--config`, else `$KEYWRIGHT_CONFIG`, else `keywright/keywright.yaml` in
 * `$XDG_CONFIG_HOME` (`~/.config`). Undefined where nothing was asked for and there is no file at the last of these.
 * Never one from the current directory that nobody asked for: a cloned repository must not bring policies.
 * Throws `UsageError` for a file that was asked for and is not there.
 */
export function locateConfig({ flag, environment, home }: Whereabouts): string | undefined {
  if (flag !== undefined) return existing(resolve(flag), '--config');
  const variable = environment['KEYWRIGHT_CONFIG'];
  if (variable !== undefined && variable !== '') {
    // What a variable says would mean another file in each folder.
    if (!isAbsolute(variable)) throw new UsageError('KEYWRIGHT_CONFIG has to be an absolute path.');
    return existing(variable, 'KEYWRIGHT_CONFIG');
  }
  const file = join(configHome(environment, home), 'keywright', 'keywright.yaml');
  return exists(file) ? file : undefined;
}

/** XDG Base Directory Specification: a relative path in the variable is to be ignored. */
function configHome(environment: Whereabouts['environment'], home: string): string {
  const folder = environment['XDG_CONFIG_HOME'];
  return folder !== undefined && isAbsolute(folder) ? folder : join(home, '.config');
}

function existing(file: string, origin: string): string {
  if (!exists(file)) throw new UsageError(`the configuration file ${file} (from ${origin}) does not exist.`);
  return file;
}

/** A file that cannot be looked at is there: reading it will tell why, where taking it for missing would go on without policies. */
function exists(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}
