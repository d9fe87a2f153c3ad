import type { Authority, RequestHead } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { parseAbsoluteTarget } from '../policy/target.js';

/**
 * Whether a browser makes this request on behalf of a page of another site: Fetch Metadata says so, or its Origin
 * (RFC 6454) is another one, `null` included. A page in a driven browser must not use a credential that it never had.
 */
export function isCrossSite(head: RequestHead, authority: Authority): boolean {
  if (head.headers.all('sec-fetch-site').some((value) => value.trim().toLowerCase() === 'cross-site')) return true;
  return head.headers.all('origin').some((origin) => originHost(origin.trim()) !== authority.host);
}

function originHost(origin: string): string | undefined {
  try {
    return parseAbsoluteTarget(origin).target.authority.host;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}
