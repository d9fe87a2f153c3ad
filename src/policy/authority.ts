import { domainToASCII } from 'node:url';
import type { Authority, Scheme } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { canonicalIpv6, isCanonicalIpv4 } from './ip-literal.js';

/**
 * Reads `host:port` or, with a default port, `host` (RFC 3986 section 3.2 without userinfo) into its one canonical form.
 * Case and IDN are brought into canonical form; whatever a second reader could read differently is refused: a trailing dot,
 * percent-encoding, an empty or padded port, a zone id, and each spelling of an IPv4 address but the dotted quad.
 * Throws `Refusal('bad_authority')`.
 */
export function parseAuthority(text: string, defaultPort?: number): Authority {
  const { hostText, portText } = split(text);
  const port = portText === undefined ? defaultPort : parsePort(portText);
  if (port === undefined) throw bad('there is no port');
  if (hostText.startsWith('[')) return { host: parseIpv6(hostText), port, kind: 'ipv6' };
  const { host, kind } = parseHost(hostText);
  return { host, port, kind };
}

/** `host:port`, with brackets around IPv6: what `parseAuthority` reads back. */
export function formatAuthority(authority: Authority): string {
  return `${bracketed(authority)}:${authority.port}`;
}

/** The value of a Host header (RFC 9110 section 7.2): the port only where it is not the scheme's own. */
export function hostHeader(authority: Authority, scheme: Scheme): string {
  return authority.port === defaultPorts[scheme] ? bracketed(authority) : formatAuthority(authority);
}

export function sameAuthority(a: Authority, b: Authority): boolean {
  return a.host === b.host && a.port === b.port;
}

export const defaultPorts: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** RFC 1035 section 2.3.4, as text without the trailing dot. */
const longestName = 253;

/** Underscores are no LDH, but stand in names that are in use. */
const name = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** WHATWG URL's 'ends in a number' test: such a host is read as IPv4, in whatever spelling, and never as a name. */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

function split(text: string): { hostText: string; portText: string | undefined } {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.search(/:|$/);
  const rest = text.slice(end);
  if (rest === '') return { hostText: text, portText: undefined };
  if (rest.startsWith('://')) throw bad('it is written without https://');
  if (!rest.startsWith(':')) throw bad('the host is followed by something other than a port');
  return { hostText: text.slice(0, end), portText: rest.slice(1) };
}

function parsePort(text: string): number {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw bad('the port is not a number from 1 to 65535 without leading zeros');
  return port;
}

function parseIpv6(bracketedText: string): string {
  const host = bracketedText.endsWith(']') ? canonicalIpv6(bracketedText.slice(1, -1)) : undefined;
  if (host === undefined) throw bad('the brackets do not hold an IPv6 address');
  return host;
}

function parseHost(text: string): Pick<Authority, 'host' | 'kind'> {
  const host = toAscii(text);
  if (isCanonicalIpv4(host)) {
    // A name of other digits that IDNA maps to an address is a disguise.
    if (host !== text) throw bad('the IPv4 address is not written in ASCII digits');
    return { host, kind: 'ipv4' };
  }
  if (!name.test(host) || host.length > longestName) throw bad('the host is not a domain name');
  if (endsInNumber.test(host)) throw bad('the host is an IPv4 address in a spelling other than the dotted quad');
  return { host, kind: 'name' };
}

/**
 * `domainToASCII` also decodes percent signs and reads numbers as addresses: it sees only what needs IDNA (UTS 46).
 * An A-label is taken by its letters, as DNS takes it: whether it decodes to something is not asked.
 */
function toAscii(text: string): string {
  if (/^[\w.-]*$/.test(text)) return text.toLowerCase();
  if (/[^\w.\u0080-\u{10ffff}-]/u.test(text)) throw bad('the host holds a character that no name has');
  const ascii = domainToASCII(text);
  if (ascii === '') throw bad('the host is not a valid internationalised name');
  return ascii;
}

function bracketed({ host, kind }: Authority): string {
  return kind === 'ipv6' ? `[${host}]` : host;
}

function bad(reason: string): Refusal {
  return new Refusal('bad_authority', { cause: reason });
}
