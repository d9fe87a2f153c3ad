import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingError } from '../core/usage-error.js';

export interface PreloadSource {
  /** Folder of the compiled preload. */
  readonly preload: string;
  /** Folder of the undici package that it loads. */
  readonly undici: string;
}

const entry = 'preload.cjs';

/** Beside this file, as the build puts it. */
export function ownPreload(): PreloadSource {
  return {
    preload: fileURLToPath(new URL('preload/', import.meta.url)),
    undici: dirname(createRequire(import.meta.url).resolve('undici/package.json')),
  };
}

/**
 * The path of the preload for `--require`. An installation that this user cannot write to is used as it stands; else a read-only copy
 * in the run's private folder is, so that a child that reinstalls its packages, or Keywright itself, does not pull it from under others.
 * A process whose preload is gone does not start, so nothing goes out without it. Throws `MissingError` where it was never built.
 */
export function placePreload(folder: string, source: PreloadSource = ownPreload()): string {
  if (!existsSync(join(source.preload, entry)))
    throw new MissingError('the preload for Node is missing from this installation.');
  if (!isWritable(source.preload) && !isWritable(join(source.preload, entry))) return join(source.preload, entry);
  const place = join(folder, 'preload');
  const undici = join(place, 'node_modules', 'undici');
  copyFiles(join(source.undici, 'lib'), join(undici, 'lib'), /\.js$/);
  copyFiles(source.undici, undici, /^package\.json$/, 'flat');
  chmodSync(dirname(undici), 0o500);
  copyFiles(source.preload, place, /\.cjs$/, 'flat');
  return join(place, entry);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function copyFiles(from: string, to: string, wanted: RegExp, depth: 'flat' | 'deep' = 'deep'): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const found of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, found.name), join(to, found.name)];
    if (found.isDirectory() && depth === 'deep') copyFiles(source, target, wanted);
    if (!found.isFile() || !wanted.test(found.name)) continue;
    copyFileSync(source, target);
    chmodSync(target, 0o400);
  }
  chmodSync(to, 0o500);
}
