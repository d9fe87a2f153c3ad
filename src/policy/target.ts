import type { Scheme, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { defaultPorts, parseAuthority } from './authority.js';

/**
 * Reads a request target in absolute form (RFC 9112 section 3.2.2). Path and query stay as they were sent, byte for byte
 * (a URL parser would normalise them); an empty path becomes `/`, which RFC 9110 section 4.2.3 makes the same resource.
 * Throws `bad_request` (not an absolute http or https target, a fragment, a character no target has) or `bad_authority`.
 */
export function parseAbsoluteTarget(text: string): { target: Target; path: string } {
  const [start = '', name = ''] = /^(https?):\/\//i.exec(text) ?? [];
  const scheme = schemes[name.toLowerCase()];
  if (scheme === undefined) throw new Refusal('bad_request', { cause: 'not an absolute http or https target' });
  // Above U+00FF stands no byte of a request; a `#` or a space would end the target for another reader.
  if (/[^\x21-\x7e\x80-\xff]|#/.test(text)) throw new Refusal('bad_request', { cause: 'a character no target has' });
  const rest = text.slice(start.length);
  const end = rest.search(/[/?]|$/);
  const path = rest.slice(end);
  return {
    target: { scheme, authority: parseAuthority(rest.slice(0, end), defaultPorts[scheme]) },
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/**
 * Whether a request is for the server as a whole (RFC 9110 section 9.3.7): `OPTIONS *`, or to a proxy OPTIONS for an absolute target
 * with neither path nor query (RFC 9112 section 3.2.4). It has no path: a rule on paths cannot be evaluated for it.
 */
export function isServerWide(method: string, target: string): boolean {
  return method === 'OPTIONS' && (target === '*' || /^https?:\/\/[^/?#]*$/i.test(target));
}

const schemes: Readonly<Record<string, Scheme | undefined>> = { http: 'http', https: 'https' };
