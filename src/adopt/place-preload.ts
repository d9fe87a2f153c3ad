import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
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
  const ours = readdirSync(source.preload).filter((name) => name.endsWith('.cjs'));
  copyReadOnly(ours, source.preload, place);
  copyReadOnly(filesOfUndici(source.undici), source.undici, join(place, 'node_modules', 'undici'));
  closeFolders(place);
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

/** What the preload loads of undici. */
const loadedOfUndici = ['lib/dispatcher/agent.js', 'lib/api/index.js', 'lib/web/fetch/formdata.js'];

/** These and every file that they could load in turn: less than half of the package, which is copied at each run. */
function filesOfUndici(undici: string): readonly string[] {
  const files = new Set(loadedOfUndici.map((file) => join(undici, file)));
  // A set that grows while it is walked is walked to its end.
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'latin1').matchAll(/\brequire\(['"](\.[^'"]+)['"]\)/g)) {
      const module = join(dirname(file), path);
      const spellings = module.endsWith('.js') ? [module] : [`${module}.js`, join(module, 'index.js')];
      const found = spellings.find((spelling) => existsSync(spelling));
      if (found !== undefined) files.add(found);
    }
  }
  return ['package.json', ...Array.from(files, (file) => relative(undici, file))];
}

function copyReadOnly(files: readonly string[], from: string, to: string): void {
  for (const folder of new Set(files.map((file) => dirname(join(to, file)))))
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of files) writeFileSync(join(to, file), readFileSync(join(from, file)), { mode: 0o400, flag: 'wx' });
}

function closeFolders(folder: string): void {
  for (const found of readdirSync(folder, { withFileTypes: true })) {
    if (found.isDirectory()) closeFolders(join(folder, found.name));
  }
  chmodSync(folder, 0o500);
}
