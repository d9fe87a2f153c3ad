import { entityBeginnings, entityCharacters } from './entities.js';

/** A piece of text that stands for other bytes: `%61`, `\u0061`, `\n`, `&#97;`, `&amp;`. */
export interface Escape {
  /** Bytes it takes. */
  readonly length: number;
  /** Bytes it stands for: one, or the UTF-8 of a character. */
  readonly decoded: readonly number[];
}

/** The bytes end before it is known whether they are an escape, and for what. */
export const unfinished: Escape = { length: 0, decoded: [] };

export const longestEscape = 12;
export const percent = 0x25;
export const ampersand = 0x26;
export const backslash = 0x5c;

export function beginsEscape(byte: number): boolean {
  return byte === percent || byte === ampersand || byte === backslash;
}

/**
 * The escape that begins at a position: percent-encoding (RFC 3986 section 2.1), JSON (RFC 8259 section 7) or an HTML
 * character reference that ends in `;`. Undefined where none does: the byte then stands for itself.
 */
export function readEscape(bytes: Uint8Array, at: number): Escape | undefined {
  const lead = bytes[at];
  if (lead === percent) return readPercent(bytes, at);
  if (lead === backslash) return readBackslash(bytes, at);
  return lead === ampersand ? readReference(bytes, at) : undefined;
}

function readPercent(bytes: Uint8Array, at: number): Escape | undefined {
  const value = readHex(bytes, at + 1, 2);
  return typeof value === 'number' ? escapeFor(3, value, [value]) : value;
}

/** The letter after a backslash → what they stand for. */
export const shortEscapes: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x2f: 0x2f,
  0x5c: 0x5c,
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
};
const letterU = 0x75;

function readBackslash(bytes: Uint8Array, at: number): Escape | undefined {
  const letter = bytes[at + 1];
  if (letter === undefined) return unfinished;
  if (letter !== letterU) {
    const short = shortEscapes[letter];
    return short === undefined ? undefined : escapeFor(2, short, [short]);
  }
  const unit = readHex(bytes, at + 2, 4);
  if (typeof unit !== 'number') return unit;
  if (unit < 0xd800 || unit > 0xdfff) return characterEscape(6, unit);
  return unit < 0xdc00 ? readPair(bytes, at, unit) : undefined;
}

/** A character beyond U+FFFF is written as two units: `\ud83d\ude00`. */
function readPair(bytes: Uint8Array, at: number, high: number): Escape | undefined {
  const second = bytes[at + 6];
  const letter = bytes[at + 7];
  if (second !== undefined && second !== backslash) return undefined;
  if (letter !== undefined && letter !== letterU) return undefined;
  const low = readHex(bytes, at + 8, 4);
  if (typeof low !== 'number') return low;
  if (low < 0xdc00 || low > 0xdfff) return undefined;
  return characterEscape(12, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
}

const semicolon = 0x3b;
const referencePattern = /^&(?:#(?:[xX](?<hex>[0-9a-fA-F]+)|(?<decimal>[0-9]+))|(?<name>[A-Za-z]+));$/;
const numberBeginning = /^&#(?:[xX][0-9a-fA-F]*|[0-9]*)$/;

function readReference(bytes: Uint8Array, at: number): Escape | undefined {
  const limit = Math.min(at + longestEscape, bytes.length);
  let end = at + 1;
  while (end < limit && isReferenceByte(bytes[end] as number)) end += 1;
  const closed = end < limit && bytes[end] === semicolon;
  if (!closed && (end < limit || end === at + longestEscape)) return undefined;
  const text = String.fromCharCode(...bytes.subarray(at, closed ? end + 1 : end));
  if (!closed) return numberBeginning.test(text) || entityBeginnings.has(text.slice(1)) ? unfinished : undefined;
  const { hex, decimal, name } = referencePattern.exec(text)?.groups ?? {};
  const number = hex === undefined ? Number(decimal ?? NaN) : parseInt(hex, 16);
  const character = name === undefined ? number : entityCharacters.get(name);
  return character === undefined ? undefined : characterEscape(text.length, character);
}

/** A letter, a digit or `#`. */
function isReferenceByte(byte: number): boolean {
  const folded = byte | 0x20;
  return (folded >= 0x61 && folded <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x23;
}

function readHex(bytes: Uint8Array, at: number, digits: number): number | Escape | undefined {
  let value = 0;
  for (let i = at; i < at + digits; i += 1) {
    const byte = bytes[i];
    if (byte === undefined) return unfinished;
    const digit = hexDigit(byte);
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const folded = byte | 0x20;
  return folded >= 0x61 && folded <= 0x66 ? folded - 0x57 : -1;
}

function characterEscape(length: number, character: number): Escape | undefined {
  if (character < 0x80) return escapeFor(length, character, [character]);
  if (!(character <= 0x10ffff) || (character >= 0xd800 && character <= 0xdfff)) return undefined;
  return { length, decoded: [...Buffer.from(String.fromCodePoint(character))] };
}

/** Escapes of single bytes are made once: a text dense with them must not fill the heap. */
const known = new Map<number, Escape>();

function escapeFor(length: number, byte: number, decoded: readonly number[]): Escape {
  const key = length * 256 + byte;
  const escape = known.get(key) ?? { length, decoded };
  known.set(key, escape);
  return escape;
}
