import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addingVariables, replacingVariables, type ChildFiles } from './environment.js';
import { javaTrustStore } from './java-trust-store.js';
import { certificatesIn, toPemBundle } from './pem.js';
import { systemRoots } from './system-roots.js';
import { wgetSettings } from './wget-settings.js';

export interface TrustInput {
  /** The run's private folder. */
  readonly folder: string;
  /** Our CA. */
  readonly caPem: string;
  /** What the child would have got: files that it already names stay trusted. */
  readonly base: Readonly<Record<string, string>>;
  readonly home: string;
  /** Further PEM files that a package client is configured with. */
  readonly certificateFiles?: readonly string[];
  /** Whether to write a key store for Java too. */
  readonly java?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly roots?: string;
}

/** Writes the files that make the child trust our CA besides what it trusted before. No secret is in them. */
export function writeTrust(input: TrustInput): Omit<ChildFiles, 'preload'> {
  const { folder, caPem, base, home, now, roots = systemRoots() } = input;
  const added = certificatesIn([caPem, ...readable(namedFiles(base, addingVariables))]);
  const replaced = [...namedFiles(base, replacingVariables), ...(input.certificateFiles ?? [])];
  const all = certificatesIn([caPem, toPemBundle(added), ...readable(replaced), roots]);
  const bundle = write(folder, 'trusted.pem', toPemBundle(all));
  return {
    ca: write(folder, 'ca.pem', toPemBundle(added)),
    bundle,
    wgetrc: write(folder, 'wgetrc', wgetSettings(readable([base['WGETRC'] ?? join(home, '.wgetrc')])[0] ?? '', bundle)),
    ...(input.java === true && { javaTrustStore: write(folder, 'trusted.jks', javaTrustStore(all, now)) }),
  };
}

function namedFiles(base: Readonly<Record<string, string>>, variables: readonly string[]): readonly string[] {
  return [...new Set(variables.flatMap((name) => base[name] ?? []))].filter((path) => path !== '');
}

/** A file that is named but cannot be read was not trusted before either. */
function readable(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      return [];
    }
  });
}

function write(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  return path;
}
