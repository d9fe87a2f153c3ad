import { readFileSync } from 'node:fs';
import { UsageError } from '../core/usage-error.js';
import { formatHostPattern, parseHostPattern } from '../policy/host-pattern.js';
import { npmRegistries, yarnRegistries } from './npm-registries.js';
import { packageClients, type PackageClient } from './package-clients.js';
import { pythonRegistries } from './python-registries.js';
import type { Registries, RegistrySetting } from './registry-setting.js';
import { runProgram, type RunProgram } from './run-program.js';

export interface RegistriesInput extends Omit<RegistrySetting, 'runProgram' | 'readFile'> {
  readonly command: string;
  readonly args: readonly string[];
  readonly runProgram?: RunProgram;
  readonly readFile?: (path: string) => string | undefined;
}

const readers: Readonly<Record<PackageClient, (setting: RegistrySetting) => Promise<Registries>>> = {
  npm: npmRegistries,
  yarn: yarnRegistries,
  python: pythonRegistries,
};

/**
 * The registries that a command like `npx` or `uvx` fetches packages from, as the user and the system have configured them.
 * Nothing is asked where the command needs none; it never rejects, and takes a few seconds at most.
 */
export async function registries(input: RegistriesInput): Promise<Registries> {
  const setting = { runProgram, readFile: readText, ...input };
  const clients = [...packageClients(input.command, input.args)];
  const found = await Promise.all(clients.map((client) => readers[client](setting)));
  return {
    hosts: [...new Set(found.flatMap(({ hosts }) => hosts.flatMap(hostOf)))],
    certificateFiles: [...new Set(found.flatMap(({ certificateFiles }) => certificateFiles))],
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** The host alone: a URL of an index may hold a user name and a password. A registry in cleartext cannot be tunnelled. */
function hostOf(url: string): readonly string[] {
  if (!URL.canParse(url) || !url.startsWith('https://')) return [];
  try {
    return [formatHostPattern(parseHostPattern(new URL(url).host))];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Most of these files do not exist on most machines.
    return undefined;
  }
}
