import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/load.js';
import { errorCode } from '../core/error-code.js';
import { MissingError } from '../core/usage-error.js';
import { keyedPlaceholders, type Placeholders } from '../inject/placeholder.js';
import { stateFolder } from './configuration.js';
import type { Terminal } from './terminal.js';

const keyBytes = 32;

/** The placeholders of a configuration: the same ones after a restart and on every replica that has the same key. */
export function openPlaceholders(config: Config, terminal: Terminal): Placeholders {
  const used = config.policies.some((policy) => policy.inject.some(({ mode }) => mode === 'substitute'));
  const path = config.placeholderKeyFile ?? join(stateFolder(terminal), 'placeholder.key');
  const clients = config.clients.map(({ name }) => name);
  const secrets = new Map(Array.from(config.secrets, ([name, { placeholder }]) => [name, placeholder] as const));
  return keyedPlaceholders(used ? readKey(path) : randomBytes(keyBytes), clients, secrets);
}

/** Reads the key, or makes one where there is none yet; two processes at once end with the same. */
function readKey(path: string): Buffer {
  try {
    return checked(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, randomBytes(keyBytes).toString('base64'), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch {
    // Another process was first: its key is the one.
  } finally {
    unlinkSync(draft);
  }
  return checked(path);
}

function checked(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== keyBytes) throw new MissingError(`the placeholder key in ${path} is not 32 bytes in base64.`);
  if ((lstatSync(path).mode & 0o077) !== 0)
    throw new MissingError(`the placeholder key in ${path} is open to others: chmod 600.`);
  return key;
}
