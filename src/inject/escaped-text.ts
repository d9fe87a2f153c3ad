import { longestEncoded } from './search.js';

/**
 * Such a character as JSON (RFC 8259 section 7) or XML (section 4.1, references to characters) may spell it, if it can be part of a
 * placeholder, plain, percent-encoded or in base64: `%+-/=_`, a letter or a digit. What encoders escape (`<`, `&`, quotes) is none of them.
 */
const hexDigits = '(2[5bdf]|3[0-9d]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])';
const decimalDigits = '(37|4[35789]|5[0-7]|6[15-9]|[78][0-9]|9[05789]|1[01][0-9]|12[0-2])';
const spelled = new RegExp(`\\\\u00${hexDigits}|&#x0{0,8}${hexDigits};|&#0{0,8}${decimalDigits};`, 'gi');

/** Of a base64 text with a placeholder in it, each character in an escape of the longest kind that encoders write (`&#x0041;`). */
export const longestEscaped = longestEncoded * '&#x0041;'.length;

export function mayHoldEscapes(bytes: Buffer): boolean {
  return bytes.includes('\\u00') || bytes.includes('&#');
}

/** These bytes with such characters as themselves; undefined where there is none. */
export function escapesRead(bytes: Buffer): Buffer | undefined {
  if (!mayHoldEscapes(bytes)) return undefined;
  const text = bytes.toString('latin1');
  spelled.lastIndex = 0;
  if (!spelled.test(text)) return undefined;
  const read = text.replace(spelled, (_, json?: string, hex?: string, decimal?: string) =>
    String.fromCharCode(decimal === undefined ? parseInt(json ?? hex ?? '', 16) : Number(decimal)),
  );
  return Buffer.from(read, 'latin1');
}
