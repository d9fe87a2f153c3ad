import { unsignable } from './unsignable.js';

/** Path and query in the one spelling that everybody signs alike, and the same taken apart for the signer. */
export interface CanonicalTarget {
  /** To be sent: path and query. */
  readonly wire: string;
  readonly path: string;
  /** Decoded; a list where a name stands several times. */
  readonly query: Readonly<Record<string, string | string[]>>;
}

/**
 * Rewrites path and query so that all that RFC 3986 does not call unreserved is percent-encoded, each once, in capitals: signers, and the
 * servers that check them, differ over what else they find. Throws `unsignable` for what has two meanings: `.` and `..`, what is
 * no UTF-8, and in S3 also `+` (a space to some) and `%2F` (a slash of the key, or one between its parts).
 */
export function canonicalTarget(target: string, isS3: boolean): CanonicalTarget {
  const at = target.indexOf('?');
  const [rawPath, rawQuery] = at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
  if (!rawPath.startsWith('/') || /[^\x21-\x7e]/.test(target)) throw unsignable('has a path that cannot be signed');
  if (isS3 && /\+|%2f/i.test(rawPath)) {
    throw unsignable('has a + or an encoded slash in its path, which S3 and its clients read in different ways');
  }
  const path = rawPath.split('/').map(canonicalSegment).join('/');
  const parameters = rawQuery.split('&').filter((parameter) => parameter !== '');
  const pairs = parameters.map(decodedPair);
  const query: Record<string, string | string[]> = {};
  for (const [name = '', value = ''] of pairs) {
    const before = Object.hasOwn(query, name) ? query[name] : undefined;
    query[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  const wireQuery = pairs.map((pair) => pair.map(encoded).join('=')).join('&');
  return { wire: wireQuery === '' ? path : `${path}?${wireQuery}`, path, query };
}

function canonicalSegment(raw: string): string {
  const segment = decoded(raw);
  if (segment === '.' || segment === '..') throw unsignable('has a dot segment in its path');
  return encoded(segment);
}

/** Name and value, or a name without an equals sign. A `+` is a space, as in the forms that queries come from. */
function decodedPair(raw: string): readonly string[] {
  const text = raw.replaceAll('+', '%20');
  const equals = text.indexOf('=');
  if (equals === -1) return [named(decoded(text))];
  return [named(decoded(text.slice(0, equals))), decoded(text.slice(equals + 1))];
}

/** The signer keeps parameters in an object, where this one would be lost. */
function named(name: string): string {
  if (name === '__proto__') throw unsignable('has a parameter that cannot be signed');
  return name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // What it says is that alone.
    throw unsignable('has a path or query that is not percent-encoded UTF-8');
  }
}

/** RFC 3986 section 2.3: what stays as it is. `encodeURIComponent` leaves five more. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
