import type { OutgoingHttpHeaders } from 'node:http2';
import { Refusal } from '../core/refusal.js';
import { token, unfit } from '../http1/fields.js';
import { fieldsTo } from '../http2/fields.js';
import { http2 } from '../net/http2.js';
import type { Message } from './exchange.js';

/** Fields that hold a credential whoever wrote them. */
const secretAnyway = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];

/**
 * The header section of a request as Node's HTTP/2 takes it. What holds a credential is marked never to be indexed (RFC 7541 section
 * 7.1.3): neither we nor whoever passes it on keep it in a table beside what other callers send. Throws a Refusal (`bad_request`) for
 * what would break the section: Node gives up the whole session over a name, and sends a value as it is.
 */
export function sessionRequest(message: Message): OutgoingHttpHeaders {
  const { method, scheme, host, path, headers, secretFields, takesTrailers } = message;
  const fields = fieldsTo(headers);
  for (const [name, value] of Object.entries(fields)) {
    if (!token.test(name) || (Array.isArray(value) ? value : [value]).some((one) => unfit.test(one))) {
      throw new Refusal('bad_request');
    }
  }
  // RFC 9113 section 8.2.2: the one thing that it may say.
  if (takesTrailers) fields['te'] = 'trailers';
  const pseudo = { ':method': method, ':scheme': scheme, ':authority': host, ':path': path };
  return Object.assign(fields, pseudo, { [http2().sensitiveHeaders]: [...secretAnyway, ...secretFields] });
}
