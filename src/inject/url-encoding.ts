/** Everything but what is unreserved (RFC 3986 section 2.3) percent-encoded: one reading as a query and as a form. */
export function queryText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What may stand for itself in a segment of a path (RFC 3986 section 3.3, pchar) left as it is, all else percent-encoded. */
export function segmentText(text: string): string {
  return text.replace(/[^\w.~!$&'()*+,;=:@-]+/g, encodeURIComponent);
}

/** Each escape decoded once, to Latin-1; what is no escape stays as it is. */
export function decodedOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
