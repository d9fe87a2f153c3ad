import { createHash } from 'node:crypto';
import { UsageError } from '../core/usage-error.js';
import { coreLength } from './marker.js';

const alphabets = {
  hex: '0123456789abcdef',
  digits: '0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
} as const;

type Alphabet = keyof typeof alphabets;

/** Alphabets in which lower-case hexadecimal can stand. */
const holdsHex: readonly Alphabet[] = ['hex', 'lower', 'alnum', 'base64url'];

type Part =
  | { readonly text: string }
  | { readonly length: number; readonly alphabet: Alphabet; readonly holder: boolean }
  | 'uuid';

/** What a placeholder looks like: literal text, and segments of which one holds the core. */
export type Shape = readonly Part[];

/**
 * Reads a shape such as `ghp_<36 alnum>`, `SG.<22 base64url>.<43 base64url>` or `<uuid>`. The longest segment that can holds
 * the core and grows to 32 characters where it is shorter; `<20+ hex>` says so itself. Throws `UsageError`.
 */
export function parseShape(text: string): Shape {
  const parts: Exclude<Part, 'uuid'>[] = [];
  if (text === '<uuid>') return ['uuid'];
  for (const [, literal, digits, name] of text.matchAll(/([^<>]+)|<(\d{1,3})\+? ([a-z0-9]+)>|[<>]/g)) {
    if (literal !== undefined && /^[\x21-\x7e]+$/.test(literal)) parts.push({ text: literal });
    else if (digits !== undefined && isAlphabet(name))
      parts.push({ length: Number(digits), alphabet: name, holder: false });
    else
      throw new UsageError(
        'a placeholder shape is text with segments such as <36 alnum>; alphabets: hex, digits, lower, upper, alnum, base64url.',
      );
  }
  const lengths = parts.map((part) => ('alphabet' in part && holdsHex.includes(part.alphabet) ? part.length : -1));
  const holder = lengths.indexOf(Math.max(...lengths));
  const held = parts[holder];
  if (held === undefined || !('alphabet' in held) || (lengths[holder] ?? -1) < 0) {
    throw new UsageError(`a placeholder shape needs one segment of ${holdsHex.join(', ')}.`);
  }
  parts[holder] = { ...held, length: Math.max(held.length, coreLength), holder: true };
  return parts;
}

function isAlphabet(name: string | undefined): name is Alphabet {
  return name !== undefined && Object.hasOwn(alphabets, name);
}

/** A string of this shape around the core; what is not core follows from it, so that one core has one placeholder. */
export function fillShape(shape: Shape, core: string): string {
  return shape
    .map((part, index) => {
      if (part === 'uuid') return core.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      if ('text' in part) return part.text;
      if (!part.holder) return filler(part.alphabet, part.length, `${core} ${index}`);
      return core + filler(part.alphabet, part.length - coreLength, `${core} ${index}`);
    })
    .join('');
}

function filler(name: Alphabet, length: number, seed: string): string {
  const alphabet = alphabets[name];
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha256').update(`${seed} ${block}`).digest())
      text += alphabet[byte % alphabet.length] ?? '';
  }
  return text.slice(0, length);
}
