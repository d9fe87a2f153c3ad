import type { HeaderList } from '../core/header-list.js';
import type { Version } from './head.js';

/** `close` with no character of a token (RFC 9110 section 5.6.2) on either side: also where what stands around it is malformed. */
const close = /(?<![\w!#$%&'*+.^`|~-])close(?![\w!#$%&'*+.^`|~-])/i;

/** Whether a connection goes on after this message, as far as who sent it says (RFC 9112 section 9.3). HTTP/1.0 would have to ask for it. */
export function lastsOn({ version, headers }: { readonly version: Version; readonly headers: HeaderList }): boolean {
  if (version === '1.0') return false;
  return !headers.has('connection') || !close.test(headers.all('connection').join());
}

/** The fields that `Connection` lists as meant for one hop (RFC 9110 section 7.6.1), in lower case; undefined where there is none. */
export function fieldsOfOneHop(headers: HeaderList): Set<string> | undefined {
  if (!headers.has('connection')) return undefined;
  return new Set(headers.all('connection').flatMap((value) => value.toLowerCase().split(/[\s,]+/)));
}
