import { createRequire } from 'node:module';
import type * as Tldts from 'tldts';
import type * as Trie from 'tldts/dist/types/src/data/trie.js';
import type { HostPattern } from './host-pattern.js';

const require = createRequire(import.meta.url);

interface List extends Pick<typeof Tldts, 'getPublicSuffix' | 'getDomain' | 'parse'> {
  readonly trie: typeof Trie;
  /** Labels stand one after another in one text: where each begins. */
  readonly labelStart: readonly number[];
}

let loaded: List | undefined;

/** Only wildcards and look-ups of names ask: the list takes 11 ms to load by `require`, 32 by an import. */
function list(): List {
  if (loaded !== undefined) return loaded;
  const { getPublicSuffix, getDomain, parse } = require('tldts') as typeof Tldts;
  const trie = require('tldts/dist/cjs/src/data/trie.js') as typeof Trie;
  loaded = { getPublicSuffix, getDomain, parse, trie, labelStart: startsOf(trie.edgeLength) };
  return loaded;
}

/**
 * Does the wildcard span hosts of different owners: is it at or above a public suffix, private section included
 * (`*.com`, `*.co.uk`, `*.github.io`, `*.amazonaws.com`)? A name without a known suffix counts its last label as one,
 * as the list's default rule has it. An exact host has one owner.
 */
export function crossesPublicSuffix(pattern: HostPattern): boolean {
  if (!pattern.wildcard) return false;
  return isPublicSuffix(pattern.host) || hasSuffixBelow(pattern.host);
}

/** The part of a name that one owner registered (`example.co.uk`); the name itself where it has no such part. */
export function registeredDomain(host: string): string {
  return list().getDomain(host, nameOnly) ?? host;
}

/** Does the name stand under a top-level domain that the root zone delegates? */
export function isDelegated(host: string): boolean {
  return list().parse(host, { ...nameOnly, allowPrivateDomains: false }).isIcann === true;
}

const nameOnly = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };

function isPublicSuffix(host: string): boolean {
  return list().getPublicSuffix(host, nameOnly) === host;
}

/** `amazonaws.com` is nobody's suffix, yet `s3.amazonaws.com` under it is: tldts cannot be asked for that, its data can. */
function hasSuffixBelow(host: string): boolean {
  let node = list().trie.rulesRoot as number | undefined;
  for (const label of host.split('.').reverse()) {
    node = node === undefined ? undefined : childOf(node, label);
  }
  return node !== undefined && childrenOf(node).length > 0;
}

function startsOf(lengths: Iterable<number>): readonly number[] {
  const starts: number[] = [];
  let at = 0;
  for (const length of lengths) {
    starts.push(at);
    at += length;
  }
  return starts;
}

function childrenOf(node: number): readonly number[] {
  const [from = 0, to = 0] = list().trie.edgeStart.subarray(node, node + 2);
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function childOf(node: number, label: string): number | undefined {
  const { trie, labelStart } = list();
  const edge = childrenOf(node).find((candidate) => {
    const start = labelStart[candidate] ?? 0;
    return trie.labelText.slice(start, start + (trie.edgeLength[candidate] ?? 0)) === label;
  });
  return edge === undefined ? undefined : trie.edgeChild[edge];
}
