import type { BigIntStats } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { shownName, shownPath } from '../core/key-shape.js';
import { defineKind } from '../core/kind.js';
import { nameOption } from './allowed.js';
import { fileOption } from './connection-options.js';
import type { Fetched, Source } from './index.js';
import { fileFailure, readAnyFile, showsChanges, stampOf } from './read-file.js';
import { seal } from './seal.js';
import type { SourceContext } from './source-context.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

/** Keys of one secret, and what they hold together: Kubernetes allows no more than 1 MiB. */
const mostKeys = 128;
const largest = 1024 * 1024;
/** How often a folder is read that changes while it is read. */
const attempts = 3;

/** What there is: which files, and whether they changed. `..data` is the link that the kubelet turns to a new folder, all keys at once. */
interface Snapshot {
  readonly folder: string;
  readonly keys: readonly string[];
  readonly stamp: string;
  readonly stats: readonly BigIntStats[];
}

/** A Secret of Kubernetes that is mounted as a folder: each key is a file. Looked at for every use, and read anew where it changed. */
export const kubernetesSource = defineKind({
  kind: 'kubernetes',
  summary: 'A Kubernetes Secret, mounted as a folder: each of its keys is a field, with `_` for each dot (`tls_crt`).',
  options: {
    path: fileOption.describe('The folder; a relative path begins at the folder of the configuration.'),
    key: nameOption(/^(?!\.\.)[-._A-Za-z0-9]{1,253}$/, 'the name of a key: letters, digits, "-", "_" and "."')
      .optional()
      .describe('The one key that is the secret; it is the field `value` then, and no other key is read.'),
  },
  make: ({ path, key }, { name, folder, clock }: SourceContext): Source => {
    const mount = resolve(folder, path);
    let known: { readonly stamp: string; readonly fetched: Fetched } | undefined;
    return {
      async fetch({ signal }) {
        try {
          for (let attempt = 1; attempt <= attempts; attempt += 1) {
            signal.throwIfAborted();
            const asked = clock.now();
            const read = await readWhole(name, mount, { key, known: known?.stamp }).catch((error: unknown) => {
              // The kubelet takes the old folder away when the link leads elsewhere: files are missing then, or all of them.
              if (attempt < attempts) return undefined;
              throw error;
            });
            if (read === 'known' && known !== undefined) return known.fetched;
            if (read === undefined || read === 'known') continue;
            const isSettled = read.stats.every((stats) => showsChanges(stats, asked));
            known = isSettled ? { stamp: read.stamp, fetched: read.fetched } : undefined;
            return read.fetched;
          }
        } catch (error) {
          const place = shownPath(path, mount);
          throw fileFailure(
            name,
            key === undefined ? `the folder ${place}` : `the key ${shownName(key)} in ${place}`,
            error,
          );
        }
        throw unavailable(name, `the folder ${mount} changed each time it was read`);
      },
    };
  },
});

/** All of it as it was at one moment; undefined where it changed meanwhile. */
async function readWhole(
  name: string,
  mount: string,
  { key, known }: { readonly key: string | undefined; readonly known: string | undefined },
): Promise<(Snapshot & { readonly fetched: Fetched }) | 'known' | undefined> {
  const before = await snapshotOf(name, mount, key);
  if (before.stamp === known) return 'known';
  const fetched = await readAll(name, before, key);
  const { stamp } = await snapshotOf(name, mount, key);
  return stamp === before.stamp ? { ...before, fetched } : undefined;
}

async function snapshotOf(name: string, mount: string, key: string | undefined): Promise<Snapshot> {
  const target = await turnedTo(mount);
  const folder = target === undefined ? mount : join(mount, target);
  // The kubelet's own entries begin with a dot, as do those of editors and of file systems.
  const keys = key === undefined ? (await readdir(folder)).filter((entry) => !entry.startsWith('.')).sort() : [key];
  if (keys.length === 0) throw unavailable(name, `the folder ${mount} has no keys`, 'missing');
  if (keys.length > mostKeys) throw unavailable(name, `the folder ${mount} has more than ${mostKeys} keys`);
  const stats = await Promise.all(keys.map((one) => stat(join(folder, one), { bigint: true })));
  const stamps = stats.map((one, index) => `${keys[index] ?? ''} ${stampOf(one)}`);
  return { folder, keys, stats, stamp: [target ?? '', ...stamps].join('\n') };
}

/** Where `..data` leads to, where it leads to a folder beside it; undefined for a folder that no kubelet made. */
async function turnedTo(mount: string): Promise<string | undefined> {
  const target = await readlink(join(mount, '..data')).catch((error: unknown) => {
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  });
  return target !== undefined && /^(?!\.{1,2}$)[^/]+$/.test(target) ? target : undefined;
}

async function readAll(name: string, { folder, keys }: Snapshot, key: string | undefined): Promise<Fetched> {
  const fields = new Map<string, string>();
  const unusable = new Map<string, string>();
  let size = 0;
  for (const one of keys) {
    const field = key === undefined ? one.replaceAll('.', '_') : 'value';
    if (!/^[\w-]{1,64}$/.test(field)) throw unavailable(name, `the key ${JSON.stringify(one)} cannot be a field`);
    if (fields.has(field) || unusable.has(field))
      throw unavailable(name, `two keys would be the field ${field}: name one with \`key\``);
    const read = await readAnyFile(name, join(folder, one));
    if ('why' in read) {
      // A keystore beside its password: only who asks for it is refused.
      if (key !== undefined) throw unavailable(name, `the key ${key} in ${folder} ${read.why}`);
      unusable.set(field, read.why);
      continue;
    }
    const { text } = read;
    size += Buffer.byteLength(text);
    if (size > largest) throw unavailable(name, `the keys in ${folder} are larger than ${largest} bytes together`);
    fields.set(field, text.replace(/\r?\n$/, ''));
  }
  const version = valueVersion(JSON.stringify([...fields]));
  return {
    version,
    fields: Object.fromEntries(Array.from(fields, ([field, text]) => [field, seal(name, text)])),
    unusable: Object.fromEntries(unusable),
  };
}
