import { UsageError } from '../core/usage-error.js';

/**
 * The one form in which paths are compared, or undefined where two servers could read the path differently (the caller then refuses).
 * Takes the path alone, without a query. Characters that stand for themselves (RFC 3986 pchar) are decoded, all else is encoded
 * in upper case: `%3a` and `:` name the same thing to a server, so a deny rule may not tell them apart. Case and a trailing
 * slash are kept. The request goes on as it was sent; this form is for matching only. Applied twice it changes nothing.
 */
export function canonicalPath(rawPath: string): string | undefined {
  if (plain.test(rawPath)) return rawPath;
  // Outside visible ASCII the bytes are not decodable with certainty; `?` and `#` would end the path.
  if (!rawPath.startsWith('/') || /[^\x21-\x7e]|[?#]/.test(rawPath)) return undefined;
  const decoded = decodeUtf8(rawPath);
  if (decoded === undefined || readsTwoWays(decoded) || hasEncodedSlash.test(rawPath)) return undefined;
  if (/[^\0-\x7f]/.test(decoded) && disguises(decoded)) return undefined;
  return encodeURI(decoded).replaceAll('#', '%23');
}

/** What is canonical as it stands, as most paths are: no escape, no empty or dot segment, only characters that encodeURI keeps. */
const plain = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))[\w.~!$&'()*+,=:@-]+)*\/?$/;

/**
 * Compiles a pattern over canonical paths: `*` stands for one segment that is not empty, `**` for any number of segments, none
 * included, so `/repos/**` matches `/repos`, `/repos/` and all below. Every other segment is compared whole, case-sensitively.
 * Costs at most path segments times pattern segments. Throws `UsageError` with a sentence.
 */
export function compilePathPattern(text: string): (canonical: string) => boolean {
  const numbers: SegmentNumbers = new Map();
  const pattern = compileSegments(text, numbers);
  return (canonical) => matchesSegments(pattern, numberSegments(canonical, numbers));
}

/** The literal segments of all patterns that are tried together, numbered: a path is then compared by integers, not texts. */
export type SegmentNumbers = Map<string, number>;

/** A path or a pattern, split at its slashes: `/a/` is `a` and an empty last segment. */
export type Segments = readonly number[];

/** Compiles one of many patterns; adds to the numbers. */
export function compileSegments(text: string, numbers: SegmentNumbers): Segments {
  if (!text.startsWith('/')) throw mistake(text, 'it does not begin with a slash');
  if (text.includes('//')) throw mistake(text, 'it holds an empty segment');
  return text
    .slice(1)
    .split('/')
    .map((segment) => compileSegment(text, segment, numbers));
}

/** Splits a canonical path. A segment that stands in no pattern is the same unknown as any other. */
export function numberSegments(canonical: string, numbers: SegmentNumbers): Segments {
  const segments = canonical.slice(1).split('/');
  return segments.map((segment) => (segment === '' ? emptySegment : (numbers.get(segment) ?? unknown)));
}

/** Greedy, and going back to the last `**` only: what an earlier one took need never be taken back. */
export function matchesSegments(pattern: Segments, segments: Segments): boolean {
  let at = 0;
  let position = 0;
  let resumeAt = -1;
  let resumePosition = 0;
  while (position < segments.length) {
    // Reading beyond the end of an array costs V8 its fast path, and a thousand policies are tried here.
    const expected = at < pattern.length ? pattern[at] : ended;
    const actual = segments[position];
    if (expected === actual || (expected === one && actual !== emptySegment)) {
      at += 1;
      position += 1;
    } else if (expected === any) {
      resumeAt = at += 1;
      resumePosition = position;
    } else if (resumeAt >= 0) {
      at = resumeAt;
      position = resumePosition += 1;
    } else {
      return false;
    }
  }
  while (at < pattern.length && pattern[at] === any) at += 1;
  return at === pattern.length;
}

/** The number of the segment without a character, as after a trailing slash. */
export const emptySegment = 0;
const unknown = -1;
const one = -2;
const any = -3;
const ended = -4;

function compileSegment(text: string, segment: string, numbers: SegmentNumbers): number {
  if (segment === '*') return one;
  if (segment === '**') return any;
  if (segment.includes('*')) throw mistake(text, 'an asterisk stands for a whole segment; write %2A for the character');
  const literal = canonicalPath(`/${segment}`)?.slice(1);
  if (literal === undefined) {
    throw mistake(text, 'it holds something that servers read in different ways, or that is not percent-encoded');
  }
  if (literal === '') return emptySegment;
  const number = numbers.get(literal) ?? numbers.size + 1;
  numbers.set(literal, number);
  return number;
}

/** Encoded slashes: some servers split before they decode, some after. */
const hasEncodedSlash = /%2f/i;

/** Refuses overlong and broken UTF-8 and percent signs without two digits. */
function decodeUtf8(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // The only error of decodeURIComponent is the answer: this is not percent-encoded UTF-8.
    return undefined;
  }
}

/**
 * What servers are known to read apart: control characters, backslashes (a slash to some), `;` (parameters to some, part of the
 * name to others), an encoded `?`, a percent sign that is an escape again, empty segments, and dot segments, also with spaces
 * around them, which some file systems drop.
 */
function readsTwoWays(decoded: string): boolean {
  return /[\p{Cc}\\;?]|%[0-9a-f]{2}|\/\/|\/\s*\.{1,2}\s*(?:\/|$)/iu.test(decoded);
}

/** Compatibility forms (a fullwidth dot, slash or backslash) become the ASCII character wherever a server normalises (NFKC). */
function disguises(decoded: string): boolean {
  const normalised = decoded.normalize('NFKC');
  return readsTwoWays(normalised) || normalised.split('/').length !== decoded.split('/').length;
}

function mistake(text: string, reason: string): UsageError {
  return new UsageError(`The path pattern ${JSON.stringify(text)} cannot be used: ${reason}.`);
}
