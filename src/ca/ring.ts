import type { X509Certificate } from 'node:crypto';
import { UsageError } from '../core/usage-error.js';
import { type Chain, chainOf, parseCertificates, rootOf, trustOf } from './chain.js';
import { bridge, type Generation } from './generation.js';
import { parseKey } from './private-key.js';

/** A generated CA and, during a rotation, the one that comes next or the one before. Never both. */
export interface Ring {
  /** Signs the leaves. */
  readonly active: Generation;
  /** Is trusted already, and signs from `at` on (milliseconds since the epoch), or once it is told to. */
  readonly next?: { readonly generation: Generation; readonly at?: number };
  /** Signed before; is trusted still. */
  readonly old?: Generation;
  /** The root of the newer of the two, certified by the older. */
  readonly bridge?: X509Certificate;
}

/** What clients have to trust in any case, without those that `active` signs by way of. */
export function trustedBy({ active, next, old }: Ring): readonly X509Certificate[] {
  const generations = [active, ...(next === undefined ? [] : [next.generation]), ...(old === undefined ? [] : [old])];
  return generations.map(({ chain }) => trustOf(chain));
}

/** What has been sent after a leaf beside the chain of `active`, so that clients that trust only the older CA find their way. */
export function wayFromOld({ old, bridge: crossed }: Ring): readonly X509Certificate[] {
  return old === undefined || crossed === undefined ? [] : [crossed, ...withoutRoot(old.chain)];
}

export function withoutRoot(chain: Chain): readonly X509Certificate[] {
  const root = rootOf(chain);
  return chain.filter((certificate) => certificate !== root);
}

/** The next CA begins to be trusted. */
export function withNext(active: Generation, generation: Generation, at?: number): Ring {
  return { active, next: { generation, ...(at === undefined ? {} : { at }) }, ...bridged(bridge(active, generation)) };
}

/** The next CA signs, and the one that did is trusted still. */
export function turned({ active, next, ...rest }: Ring): Ring {
  if (next === undefined) throw new TypeError('there is no next CA');
  return { active: next.generation, old: active, ...bridged(rest.bridge) };
}

/** The ring as it is at a time: the next CA signs by itself once its time has come, on every replica alike and without a write. */
export function ringAt(ring: Ring, now: number): Ring {
  return ring.next?.at !== undefined && now >= ring.next.at ? turned(ring) : ring;
}

/** The one before signs again, and the newer one is trusted still. */
export function turnedBack({ active, old, ...rest }: Ring): Ring {
  if (old === undefined) throw new TypeError('there is no CA to go back to');
  return { active: old, next: { generation: active }, ...bridged(rest.bridge) };
}

/**
 * The ring as the text of one file, so that one rename changes all of it. RFC 7468 section 2 has readers of PEM skip what stands
 * between: `openssl pkey` and `openssl x509` find the active key and its certificate first.
 */
export function formatRing({ active, next, old, bridge: crossed }: Ring): string {
  const at = next?.at === undefined ? '' : ` from ${new Date(next.at).toISOString()}`;
  return [
    'The interception CA of Keywright. Whoever holds this file can pose as any host that it may sign for.',
    'Certificates to trust are in ca.pem, or come from `keywright ca export`.',
    '',
    section('active', active),
    ...(next === undefined ? [] : [section(`next${at}`, next.generation)]),
    ...(old === undefined ? [] : [section('old', old)]),
    ...(crossed === undefined ? [] : [`# bridge\n${crossed.toString()}`]),
  ].join('\n');
}

/** Whether a key file holds its certificates too: before there was a rotation, it held the key alone. */
export function isRing(text: string): boolean {
  return /^# active$/m.test(text);
}

/** Throws a `UsageError` for what is no ring. Nothing that was read goes into the message. */
export function parseRing(text: string, file: string): Ring {
  const parts = new Map<string, { readonly from?: string | undefined; readonly pem: string }>();
  for (const part of text.split(/^(?=# )/m).slice(1)) {
    const [, name, from] = /^# (active|next|old|bridge)(?: from (\S+))?\n/.exec(part) ?? [];
    if (name === undefined || parts.has(name))
      throw new UsageError(`The file ${file} is not one that this program wrote.`);
    parts.set(name, { from, pem: part });
  }
  const generation = (name: string): Generation | undefined => {
    const part = parts.get(name);
    return part === undefined ? undefined : parseGeneration(part.pem, file);
  };
  const [active, next, old] = [generation('active'), generation('next'), generation('old')];
  if (active === undefined || (next !== undefined && old !== undefined)) {
    throw new UsageError(`The file ${file} is not one that this program wrote.`);
  }
  const [crossed] = parts.has('bridge') ? parseCertificates(parts.get('bridge')?.pem ?? '', file) : [];
  return {
    active,
    ...(next === undefined ? {} : { next: { generation: next, ...time(parts.get('next')?.from) } }),
    ...(old === undefined ? {} : { old }),
    ...bridged(crossed),
  };
}

function section(name: string, { key, chain }: Generation): string {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `# ${name}\n${pem}${chain.map((certificate) => certificate.toString()).join('')}`;
}

function parseGeneration(pem: string, file: string): Generation {
  const key = parseKey(pem, file);
  return { key, chain: chainOf(parseCertificates(pem, file), key, file, file) };
}

function time(from: string | undefined): { readonly at?: number } {
  return from === undefined ? {} : { at: Date.parse(from) };
}

function bridged(certificate: X509Certificate | undefined): { readonly bridge?: X509Certificate } {
  return certificate === undefined ? {} : { bridge: certificate };
}
