import type { CallerAnswer } from './answer.js';
import { listsUpgrade, type CallerRequest } from './caller-request.js';

/** What would carry requests again, which nobody would decide; and WebSocket, which is one only as RFC 6455 has it: by GET. */
const neverOpaque = /^(?:websocket|h2c?|https?|tls)(?:\/|$)/i;
/** RFC 9110 section 7.8: a name, and perhaps a version. */
const protocol = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?$/;

/**
 * The one protocol other than WebSocket that a request asks to go on in, as it names it: `SPDY/3.1`, `tcp`. Undefined where it asks
 * for none, for several, or has a body, whose end would have to be found first.
 */
export function opaqueProtocolOf({ version, headers, framing }: CallerRequest): string | undefined {
  if (version !== '1.1' || framing.kind !== 'none' || !listsUpgrade(headers)) return undefined;
  const [asked, ...others] = headers.all('upgrade');
  if (asked === undefined || others.length > 0 || !protocol.test(asked) || neverOpaque.test(asked)) return undefined;
  return asked;
}

/**
 * The protocol with which the handshake goes out, if any. What follows it on its connection is then no request any more,
 * whatever the answer is.
 */
export function allowUpgrade(
  asked: string | undefined,
  { unsafeOpaqueUpgrade }: { readonly unsafeOpaqueUpgrade: boolean },
  answer: CallerAnswer,
): string | undefined {
  if (asked === undefined || (asked !== 'websocket' && !unsafeOpaqueUpgrade)) return undefined;
  answer.closeAfter();
  return asked;
}
