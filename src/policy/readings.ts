import { canonicalPath } from './path.js';

/**
 * Every path that some server may take this one for, as far as they can be counted: each `%2F` is a slash to one server and part of
 * a name to the next, a `;` begins parameters that do not count or is part of a name, case matters to one and not to the other, two slashes
 * count as one, and `.json` or `.csv` at the end asks for a format. In lower case, without that ending. Undefined where the path reads in more ways than these, or holds more encoded slashes than anybody needs.
 * For built-in deny rules, which stand beside policies that look at no paths: these must go on working where names hold slashes.
 */
export function pathReadings(rawPath: string): readonly string[] | undefined {
  const parts = rawPath.split(encodedSlash);
  if (parts.length - 1 > mostEncodedSlashes || rawPath.length << parts.length > mostCharacters) return undefined;
  const readings = parts
    .slice(1)
    .reduce<readonly string[]>(
      (beginnings, part) => beginnings.flatMap((beginning) => [`${beginning}/${part}`, beginning + insideName + part]),
      [parts[0] ?? ''],
    );
  const canonical = readings
    .flatMap(withAndWithoutParameters)
    .map((path) => canonicalPath(path.replace(/\/{2,}/g, '/')));
  return canonical.every((path) => path !== undefined) ? canonical.map(foldPath) : undefined;
}

/** Servlets take what follows a `;` in a segment for parameters (RFC 3986 section 3.3); to others it is part of the name, as in Mapbox's. */
function withAndWithoutParameters(path: string): readonly string[] {
  return path.includes(';') ? [path.replace(/;[^/]*/g, ''), path.replaceAll(';', insideName)] : [path];
}

/** What is compared: the same is done to the patterns. */
export function foldPath(path: string): string {
  return path.toLowerCase().replace(/\.(?:json|xml|csv|html|txt)(?=\/?$)/, '');
}

const encodedSlash = /%2f/i;

/** In place of a slash or semicolon that is part of a name: encoded, it stands in no pattern's literal segment. */
const insideName = '%7C';

/** Readings double with each; GitLab's paths of a file in a project have two or three. */
const mostEncodedSlashes = 6;

/** In all readings together: what looks at them stands in the way of every other request. So many are told within some 2 ms. */
const mostCharacters = 32 * 1024;

/** Characters of a path that is decoded more than once. Hardly a server takes a longer request line. */
const longestDecodedAgain = 8 * 1024;

/**
 * The path with all that can be decoded decoded, as often as it can be, in lower case: a segment that stands in any reading of it, however
 * it is spelled, stands in this too. Most paths hold none of those that a rule names, and need no readings then. Undefined for one that
 * holds encoded percent signs and is longer than anybody needs.
 */
export function loosestReading(rawPath: string): string | undefined {
  if (rawPath.length > longestDecodedAgain && rawPath.includes('%25')) return undefined;
  let text = rawPath;
  for (let rounds = 0; rounds < 3 && text.includes('%'); rounds += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  return text.toLowerCase();
}
