import type { FetchContext } from '../index.js';
import type { Answered } from './calls.js';
import type { Mount, Mounts } from './mounts.js';
import { encoded, firstSegment, withData } from './path.js';
import type { SourceOptions } from './source-options.js';

/** One way to ask for what a path names. */
export interface Reading {
  readonly method: 'GET' | 'POST';
  /** Encoded, with its query. */
  readonly target: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** Undefined: the answer tells. */
  readonly engine: Mount['engine'] | undefined;
  /** Where the answer says that KV version 2 is there, which nobody has said before. */
  readonly otherwise?: Reading;
}

/** How a path is read: by its options where those say it, else as Vault says, else as it is written. */
export async function readingOf(
  mounts: Mounts,
  options: SourceOptions,
  context: FetchContext,
): Promise<{ readonly reading: Reading; readonly mount?: Mount }> {
  const { path, method, parameters, kv_version } = options;
  if (method === 'write') {
    return { reading: { method: 'POST', target: encoded(path), body: parameters, engine: 'other' } };
  }
  const read = (at: string, engine: Reading['engine']): Reading => ({
    method: 'GET',
    target: targetOf(at, options),
    engine,
  });
  if (kv_version === 1) return { reading: read(path, 'kv1') };
  if (kv_version === 2) return { reading: read(kv2PathOf(path), 'kv2') };
  const mount = await mounts.of(path, context);
  if (mount !== undefined) {
    return { mount, reading: read(mount.engine === 'kv2' ? withData(path, mount.path) : path, mount.engine) };
  }
  const inData = kv2PathOf(path);
  const asWritten = read(path, undefined);
  return { reading: inData === path ? asWritten : { ...asWritten, otherwise: read(inData, 'kv2') } };
}

/** What Vault says of a path that lacks `data/`. */
export function isMisread({ status, members, errors }: Answered): boolean {
  const { warnings } = members;
  const texts = [...errors, ...(Array.isArray(warnings) ? (warnings as unknown[]) : [])];
  return status === 404 && texts.some((text) => typeof text === 'string' && /versioned K\/V/i.test(text));
}

/** `data` after the mount, which is the first segment where the path does not have it already. */
export function kv2PathOf(path: string): string {
  return path.split('/').slice(1, -1).includes('data') ? path : withData(path, firstSegment(path));
}

function targetOf(path: string, { parameters, version }: SourceOptions): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) query.append(key, String(one));
  }
  if (version !== undefined) query.append('version', String(version));
  return query.size === 0 ? encoded(path) : `${encoded(path)}?${query.toString()}`;
}
