import { longestEncoded } from './search.js';

/**
 * Characters that can be part of a placeholder, plain, percent-encoded or in base64: `%+-/=_`, letters and digits. What encoders escape
 * (`<`, `&`, quotes) is none of them.
 */
const ofPlaceholders = new Set(Buffer.from('%+-/=_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'));

/** Zeros that may stand before the number of a reference. */
const mostZeros = 8;

/** Of a base64 text with a placeholder in it, each character in an escape of the longest kind that encoders write (`&#x0041;`). */
export const longestEscaped = longestEncoded * '&#x0041;'.length;

export function mayHoldEscapes(bytes: Buffer): boolean {
  return bytes.includes('\\u00') || bytes.includes('&#');
}

/**
 * These bytes with such characters as themselves where JSON (RFC 8259 section 7) or XML (section 4.1, references to characters) would
 * spell them; undefined where it spells none. Byte by byte: a pattern takes five times as long where there is one in each six bytes.
 */
export function escapesRead(bytes: Buffer): Buffer | undefined {
  if (!mayHoldEscapes(bytes)) return undefined;
  const read = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; length += 1) {
    const byte = bytes[at] as number;
    const end = byte === backslash ? endOfUnit(bytes, at) : byte === ampersand ? endOfReference(bytes, at) : 0;
    read[length] = end === 0 ? byte : spelled;
    at = end === 0 ? at + 1 : end;
  }
  return length === bytes.length ? undefined : read.subarray(0, length);
}

/** What the escape stands for of which the end was found last: no object is made for each of a million. */
let spelled = 0;

/** Where `\\u0041` ends; 0 where none begins. */
function endOfUnit(bytes: Buffer, at: number): number {
  const isUnit = ((bytes[at + 1] ?? 0) | lowerCase) === letterU && bytes[at + 2] === zero && bytes[at + 3] === zero;
  if (!isUnit) return 0;
  spelled = digit(bytes[at + 4], 16) * 16 + digit(bytes[at + 5], 16);
  return ofPlaceholders.has(spelled) ? at + 6 : 0;
}

/** Where `&#65;` or `&#x0041;` ends; 0 where none begins. */
function endOfReference(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== hash) return 0;
  const isHex = ((bytes[at + 2] ?? 0) | lowerCase) === letterX;
  const base = isHex ? 16 : 10;
  let end = at + (isHex ? 3 : 2);
  const zeros = end + mostZeros;
  while (end < zeros && bytes[end] === zero) end += 1;
  const last = end + (isHex ? 2 : 3);
  spelled = 0;
  while (end < last && !Number.isNaN(digit(bytes[end], base))) {
    spelled = spelled * base + digit(bytes[end], base);
    end += 1;
  }
  return bytes[end] === semicolon && ofPlaceholders.has(spelled) ? end + 1 : 0;
}

/** NaN where it is none. */
function digit(byte: number | undefined, base: 10 | 16): number {
  if (byte === undefined) return NaN;
  if (byte >= zero && byte <= nine) return byte - zero;
  const folded = byte | lowerCase;
  return base === 16 && folded >= letterA && folded <= letterF ? folded - letterA + 10 : NaN;
}

const [ampersand, backslash, hash, semicolon, zero, nine] = [0x26, 0x5c, 0x23, 0x3b, 0x30, 0x39];
const [letterA, letterF, letterU, letterX, lowerCase] = [0x61, 0x66, 0x75, 0x78, 0x20];
