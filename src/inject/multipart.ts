import { partNameIn, type PartName } from './part-name.js';

/** A part of a form: where its content stands, and what it is called; undefined where that has no one reading. */
export interface Part {
  /** Where its header section begins. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
  readonly called: PartName | undefined;
}

/** Parts of one form: nobody has that many fields. */
const mostParts = 1000;

/** Characters of a part's header section: hundreds of times what browsers write. */
const longestHead = 64 * 1024;

/** RFC 2046 section 5.1.1. */
const boundaryText = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;

/**
 * The parts of a form (RFC 7578) in Latin-1, each byte one character. Undefined where it is not exactly parts between their delimiters:
 * what stands before or behind them, or a line end of another kind, is read by some servers and not by others.
 */
export function partsOf(body: string, boundary: string): readonly Part[] | undefined {
  const opening = `--${boundary}\r\n`;
  if (!boundaryText.test(boundary) || !body.startsWith(opening)) return undefined;
  const delimiter = `\r\n--${boundary}`;
  const parts: Part[] = [];
  for (let at = opening.length; ;) {
    const end = body.indexOf(delimiter, at);
    const headEnd = body.indexOf('\r\n\r\n', at);
    if (end === -1 || headEnd === -1 || headEnd + 4 > end || parts.length === mostParts) return undefined;
    if (headEnd - at > longestHead) return undefined;
    parts.push({ head: at, start: headEnd + 4, end, called: partNameIn(body.slice(at, headEnd)) });
    const next = end + delimiter.length;
    if (/^--(?:\r\n)?$/.test(body.slice(next, next + 5)) && body.length - next <= 4)
      return hasLooseDelimiter(body, boundary) ? undefined : parts;
    if (!body.startsWith('\r\n', next)) return undefined;
    at = next + 2;
  }
}

/** One that begins no line, where Django takes it for one, or behind half a line end, where PHP and Werkzeug do. */
function hasLooseDelimiter(body: string, boundary: string): boolean {
  const beginning = `--${boundary}`;
  for (let at = body.indexOf(beginning, 1); at !== -1; at = body.indexOf(beginning, at + 1)) {
    if (!body.endsWith('\r\n', at)) return true;
  }
  return false;
}
