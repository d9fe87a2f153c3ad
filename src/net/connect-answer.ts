/** Bytes of an answer to CONNECT at most, interim answers included. */
export const answerLimit = 16 * 1024;

/** `size` is how many bytes the answer took: what comes after them is the connection's. */
export type ConnectAnswer =
  | { readonly state: 'incomplete' }
  | { readonly state: 'malformed'; readonly reason: string }
  | { readonly state: 'whole'; readonly status: number; readonly size: number };

/**
 * Reads the answer of a proxy to CONNECT (RFC 9112 section 4, RFC 9110 section 9.3.6), strictly: what two readers could end in two
 * places is no answer. A 2xx has no content; a length of 0 says the same and is let pass, any other length is not ignored as RFC 9110
 * allows, but refused. Interim answers (RFC 9110 section 15.2) are passed over.
 */
export function readConnectAnswer(bytes: Buffer): ConnectAnswer {
  const text = bytes.subarray(0, answerLimit).toString('latin1');
  for (let from = 0; ;) {
    const end = text.indexOf('\r\n\r\n', from);
    const head = text.slice(from, end === -1 ? undefined : end + 2);
    // Looked at before it is whole: what cannot become an answer is not waited for.
    if (!couldBegin(head)) return { state: 'malformed', reason: 'what is no HTTP' };
    if (end === -1) return tooLong(bytes) ? { state: 'malformed', reason: 'a header section without end' } : incomplete;
    const [, status = '', fields = ''] = wholeHead.exec(head) ?? [];
    if (status === '') return { state: 'malformed', reason: 'a malformed header section' };
    if (/^2/.test(status) && hasContent(fields)) return { state: 'malformed', reason: 'content where there is none' };
    from = end + 4;
    if (!/^1/.test(status) || status === '101') return { state: 'whole', status: Number(status), size: from };
  }
}

const incomplete = { state: 'incomplete' } as const;

const statusLine = String.raw`HTTP\/1\.[01] ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n`;
const field = String.raw`[!#$%&'*+.^_\x60|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n`;
const wholeHead = new RegExp(`^${statusLine}((?:${field})*)$`);

/** Is it HTTP/1 as far as it goes? */
function couldBegin(head: string): boolean {
  const start = 'HTTP/1.';
  return start.startsWith(head.slice(0, start.length));
}

function tooLong(bytes: Buffer): boolean {
  return bytes.length >= answerLimit;
}

function hasContent(fields: string): boolean {
  return /^transfer-encoding:|^content-length:(?![\t ]*0[\t ]*\r)/im.test(fields);
}
