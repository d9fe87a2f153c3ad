import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openGeneratedAuthority } from '../../src/ca/generated.js';
import { systemClock } from '../../src/core/clock.js';
import { type Said, say } from './terminal.js';

/** A configuration with a `ca` section, and what `keywright ca …` says of it. */
export interface CaFolder {
  readonly path: string;
  readonly dir: string;
  /** Also checks that nothing that is said holds a line of a private key that lies in the folder. */
  readonly ca: (...args: string[]) => Promise<Said>;
}

export function caFolder(parent: string, ca = '{ mode: generate, dir: ./certs }'): CaFolder {
  const path = mkdtempSync(join(parent, 'x-'));
  const config = join(path, 'keywright.yaml');
  writeFileSync(config, `version: 1\nca: ${ca}\n`, { mode: 0o600 });
  return {
    path,
    dir: join(path, 'certs'),
    ca: async (...args) => {
      const before = privateLines(path);
      const said = await say(['ca', ...args, '--config', config], path);
      const leaked = [...before, ...privateLines(path)].filter((line) => `${said.out}${said.error}`.includes(line));
      if (leaked.length > 0 || /PRIVATE KEY/.test(said.out + said.error)) throw new Error('a private key was printed');
      return said;
    },
  };
}

/** One with a generated CA in it. */
export function madeFolder(parent: string, permit?: readonly string[]): CaFolder {
  const names = permit === undefined ? '' : `, permit: [${permit.join(', ')}]`;
  const folder = caFolder(parent, `{ mode: generate, dir: ./certs${names} }`);
  openGeneratedAuthority({ dir: folder.dir, permit, clock: systemClock });
  return folder;
}

/** The lines of every private key under a folder. */
export function privateLines(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  const keys = files.flatMap(
    (path) => readFileSync(path, 'utf8').match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+/g) ?? [],
  );
  return keys.flatMap((key) => key.split('\n').slice(1)).filter((line) => line.length > 20);
}
