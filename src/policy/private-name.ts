import { isDelegated } from './public-suffix.js';

/** What a name is for, told from the name alone. `public` is a name under a top-level domain that the root zone delegates. */
export type NameClass = 'public' | 'private' | 'loopback' | 'metadata';

/**
 * The class of a host name in canonical form, for where somebody else looks it up. Only what is known to be public is: a single label,
 * a top-level domain that nobody delegated (.internal, .corp, .lan, .test …) and the special ones are private to some network.
 * It says nothing of the addresses behind a name: whoever owns a public name may let it point inside.
 */
export function classifyName(host: string): NameClass {
  if (metadataNames.has(host)) return 'metadata';
  if (/(?:^|\.)localhost(?:\.localdomain)?$|^ip6-(?:localhost|loopback)$/.test(host)) return 'loopback';
  if (!host.includes('.') || special.test(host)) return 'private';
  return isDelegated(host) ? 'public' : 'private';
}

/** The same names and never others, also where private names are allowed: the rest of the table of metadata addresses. */
const metadataNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * Special-use names that the public suffix list holds or might come to hold. `.arpa` is for the network's own infrastructure, homes
 * included (RFC 8375); .local is multicast DNS (RFC 6762), .onion is Tor (RFC 7686), .alt is no DNS at all (RFC 9476), .internal, .corp,
 * .home and .mail are ICANN's (resolutions 2024.07.29 and 2018.02.04.12), and the rest is RFC 6761 and RFC 6762 appendix G.
 */
const special =
  /\.(?:alt|arpa|corp|example|home|internal|intranet|invalid|lan|local|localdomain|mail|onion|private|test)$/;
