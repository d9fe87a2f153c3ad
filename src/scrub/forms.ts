import { JointSearch } from './joint-search.js';
import { Search, type Finder } from './search.js';
import { literalSpellings } from './spellings.js';

/** Shorter values are refused as credentials that are scrubbed: they occur by chance. */
const shortest = 8;
/** Values shorter than this are looked for in text only, and not in base64 or hex. */
const long = 16;

/** The searches for what a request carried; undefined where there is nothing to look for. */
export interface Searches {
  readonly inText: Finder | undefined;
  readonly inBinary: Finder | undefined;
}

let open: (needles: Needles) => Searches;

/** What to look for in an answer, compiled. It shows nothing of it: not printed, not as JSON, not cloned. */
export class Needles {
  readonly #searches: Searches;

  constructor(searches: Searches) {
    this.#searches = searches;
  }

  static {
    open = (needles) => needles.#searches;
  }
}

export function searchesOf(needles: Needles): Searches {
  return open(needles);
}

/**
 * Compiles the values a request carried and what was rendered from them (the Basic value, say), once for a version of a
 * credential. A rendering that holds a value as it stands adds nothing. Throws TypeError for a value under 8 bytes.
 */
export function compileNeedles(secrets: readonly string[], rendered: readonly string[]): Needles {
  const values = bytesOf(secrets);
  const renderings = bytesOf(rendered).filter((rendering) => !values.some((value) => rendering.includes(value)));
  // What is rendered from short values alone is as short as they are, whatever its length.
  const longRenderings = values.some(isLong) ? renderings.filter(isLong) : [];
  const forms = unique([...values.filter(isLong), ...longRenderings].flatMap(withPlus).flatMap(literalSpellings));
  const all = unique([...forms, ...[...values, ...renderings].flatMap(withPlus)]);
  const inBinary = forms.length === 0 ? undefined : new Search(forms);
  const inText = all.length === forms.length ? inBinary : new Search(all);
  return new Needles({ inText, inBinary });
}

/**
 * What to look for of both: of a credential, which is compiled once, and of a signature, which is another in each request. Each byte is
 * then looked at twice, which costs an answer less than it does to compile both together for it.
 */
export function joinNeedles(one: Needles, other: Needles): Needles {
  const [first, second] = [searchesOf(one), searchesOf(other)];
  const inBinary = joined(first.inBinary, second.inBinary);
  const isSame = first.inText === first.inBinary && second.inText === second.inBinary;
  return new Needles({ inText: isSame ? inBinary : joined(first.inText, second.inText), inBinary });
}

function joined(one: Finder | undefined, other: Finder | undefined): Finder | undefined {
  return one === undefined || other === undefined ? (one ?? other) : new JointSearch(one, other);
}

function bytesOf(values: readonly string[]): Buffer[] {
  const bytes = values.map((value) => Buffer.from(value));
  if (bytes.some((value) => value.length < shortest)) throw new TypeError('a value is too short to be scrubbed');
  return bytes;
}

function isLong(value: Buffer): boolean {
  return value.length >= long;
}

/** Forms are percent-encoded with `+` for a space (WHATWG URL section 5). */
function withPlus(value: Buffer): Buffer[] {
  return value.includes(' ') ? [value, Buffer.from(value.toString().replaceAll(' ', '+'))] : [value];
}

function unique(values: readonly Buffer[]): Buffer[] {
  return [...new Map(values.map((value) => [value.toString('latin1'), value])).values()];
}
