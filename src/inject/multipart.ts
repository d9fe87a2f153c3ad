/** A part of a form: where its content stands, and its name where it is a field and not a file. */
export interface Part {
  /** Where its header section begins. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
  readonly field: string | undefined;
}

/** Parts of one form: nobody has that many fields. */
const mostParts = 1000;

/** RFC 2046 section 5.1.1. */
const boundaryText = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;

/** RFC 7578 section 4.2, as every client writes it, with nothing in it that two readers could take for two names. */
const disposition = /^content-disposition:[\t ]*form-data[\t ]*;[\t ]*name=(?:"([^"\\%]*)"|([\w.-]+))[\t ]*$/i;

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
    parts.push({ head: at, start: headEnd + 4, end, field: fieldIn(body.slice(at, headEnd)) });
    const next = end + delimiter.length;
    if (/^--(?:\r\n)?$/.test(body.slice(next, next + 5)) && body.length - next <= 4) return parts;
    if (!body.startsWith('\r\n', next)) return undefined;
    at = next + 2;
  }
}

/** Its name, in UTF-8 read as Latin-1; undefined for a file, and for what is coded, or has two names. */
function fieldIn(head: string): string | undefined {
  const lines = head.split('\r\n');
  const dispositions = lines.filter((line) => /^content-disposition/i.test(line));
  const coded = lines.some((line) => /^(?:content-transfer-encoding|[\t ]|content-type:.*charset)/i.test(line));
  const [, quoted, plain] = disposition.exec(dispositions[0] ?? '') ?? [];
  return dispositions.length === 1 && !coded && !/[\r\n]/.test(lines.join('')) ? (quoted ?? plain) : undefined;
}
