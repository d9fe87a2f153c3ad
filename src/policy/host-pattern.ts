import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import { defaultPorts, formatAuthority, parseAuthority } from './authority.js';

/** The authorities that a rule or a secret names: one, or all that stand under a name. */
export interface HostPattern {
  /** True for `*.host`: one or more labels under the host, not the host itself. */
  readonly wildcard: boolean;
  /** In the canonical form of `Authority.host`. */
  readonly host: string;
  readonly port: number;
  readonly kind: Authority['kind'];
}

/**
 * Reads `host`, `host:port`, `*.host` or `*.host:port`; without a port it is 443. IP literals stand for themselves, IPv6 in brackets.
 * Throws `UsageError` with a sentence that says what is wrong.
 */
export function parseHostPattern(text: string): HostPattern {
  const wildcard = text.startsWith('*.');
  const rest = wildcard ? text.slice(2) : text;
  if (rest.includes('*') && !rest.includes('://'))
    throw mistake(text, 'an asterisk may only stand for the first label, as in "*.example.com"');
  const authority = readAuthority(text, rest);
  if (wildcard && authority.kind !== 'name')
    throw mistake(text, 'an address has nothing under it, so write it without "*."');
  return { wildcard, ...authority };
}

/** What `parseHostPattern` reads back: the port is left out where it is 443. */
export function formatHostPattern(pattern: HostPattern): string {
  const text = (pattern.wildcard ? '*.' : '') + formatAuthority(pattern);
  return pattern.port === defaultPorts.https ? text.replace(/:443$/, '') : text;
}

export function matchesHost(pattern: HostPattern, authority: Authority): boolean {
  return covers(pattern, { wildcard: false, ...authority });
}

/** Is every authority that `inner` matches matched by `outer` too? */
export function covers(outer: HostPattern, inner: HostPattern): boolean {
  if (outer.port !== inner.port) return false;
  const same = outer.host === inner.host && outer.wildcard === inner.wildcard;
  return same || (outer.wildcard && inner.host.endsWith(`.${outer.host}`));
}

/** Is there an authority that both match? Names nest or are apart, so one of the two then covers the other. */
export function overlaps(a: HostPattern, b: HostPattern): boolean {
  return covers(a, b) || covers(b, a);
}

function readAuthority(text: string, rest: string): Authority {
  try {
    return parseAuthority(rest, defaultPorts.https);
  } catch (error) {
    const reason = error instanceof Refusal && typeof error.cause === 'string' ? error.cause : 'it is malformed';
    throw mistake(text, reason, error);
  }
}

function mistake(text: string, reason: string, cause?: unknown): UsageError {
  return new UsageError(`The host ${JSON.stringify(text)} cannot be used: ${reason}.`, { cause });
}
