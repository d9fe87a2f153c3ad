import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import type { ProxyCredentials } from './index.js';

/** Longer values are no credentials of ours: a JWT as password fits well within. */
const longest = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The userinfo in a Proxy-Authorization of scheme Basic (RFC 7617): strict base64 (RFC 4648 section 4), UTF-8, split at the
 * first colon, no control character. Another scheme, or what cannot be decoded, is `caller_wrong`: something was shown, and
 * it is not right. The cause never repeats what was shown.
 */
export function parseProxyAuthorization(value: string): ProxyCredentials {
  if (value.length > longest) throw wrong('longer than any credentials of ours');
  const [, encoded] = /^basic +([A-Za-z0-9+/]*={0,2}) *$/i.exec(value) ?? [];
  if (encoded === undefined) throw wrong('not of the form Basic base64');
  const bytes = Buffer.from(encoded, 'base64');
  // Node decodes leniently: what does not come out again as it went in has stray bits or wrong padding.
  if (bytes.toString('base64') !== encoded) throw wrong('not base64 in its one canonical form');
  const userinfo = decodeUtf8(bytes);
  const colon = userinfo.indexOf(':');
  if (colon === -1) throw wrong('without a colon');
  if (/[\x00-\x1f\x7f]/.test(userinfo)) throw wrong('with a control character');
  return { username: userinfo.slice(0, colon), password: userinfo.slice(colon + 1) };
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // The decoder's message says no more than this.
    throw wrong('not UTF-8');
  }
}

function wrong(why: string): Refusal {
  return new Refusal('caller_wrong', { cause: new Reason(`proxy credentials ${why}`) });
}
