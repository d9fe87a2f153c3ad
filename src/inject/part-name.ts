/** What the header section of a part of a form says that the part is. */
export interface PartName {
  /** Its name as it stands there, between the quotes. */
  readonly name: string;
  readonly isFile: boolean;
  /** In a transfer coding or charset of its own. */
  readonly isCoded: boolean;
}

/** Parameters of RFC 7578 section 4.2 and RFC 2183 section 2. */
const known = new Set(['name', 'filename', 'filename*', 'size', 'creation-date', 'modification-date', 'read-date']);

const fieldLine = /^[\w!#$%&'*+.^`|~-]+:[^\0-\x08\x0b-\x1f\x7f]*$/;
const ofParts = /^content-type:[\t ]*multipart\//i;
const disposition = /^content-disposition:[\t ]*form-data(?=[\t ]*;)/i;

/** Between the quotes as browsers (`%22` for a quote, and a backslash is one), Go and curl of old (`\"`) write it. */
const parameter =
  /[\t ]*;[\t ]*([a-z]+(?:-[a-z]+)?)(?:=(?:"((?:[^"\\]|\\.)*)"|([\w.-]+))|(\*)=[\w-]+'[\w-]*'[\w%!#$&+.^`|~-]*)[\t ]*/iy;

/**
 * Undefined where two servers could read it in two ways: with lines folded or ended otherwise, two dispositions, a name that stands twice or
 * in RFC 2231 or RFC 2047, one in single quotes (PHP), in a value what splitting at every `;` would make a name of, and a part that is parts
 * itself (Python's cgi looks into it).
 */
export function partNameIn(head: string): PartName | undefined {
  const lines = head.split('\r\n');
  const [line = '', ...more] = lines.filter((one) => /^content-disposition/i.test(one));
  if (more.length > 0 || !lines.every((one) => fieldLine.test(one) && !ofParts.test(one))) return undefined;
  const parameters = parametersIn(line);
  const name = parameters?.get('name');
  if (parameters === undefined || name === undefined || name.includes('=?')) return undefined;
  const isFile = parameters.has('filename') || parameters.has('filename*');
  return { name, isFile, isCoded: lines.some((one) => /^content-(?:transfer-encoding:|type:.*charset)/i.test(one)) };
}

function parametersIn(line: string): ReadonlyMap<string, string> | undefined {
  const [begin] = disposition.exec(line) ?? [];
  if (begin === undefined) return undefined;
  const parameters = new Map<string, string>();
  for (parameter.lastIndex = begin.length; parameter.lastIndex < line.length;) {
    const [, attribute = '', quoted, plain = '', extended = ''] = parameter.exec(line) ?? [];
    const name = `${attribute}${extended}`.toLowerCase();
    const value = quoted ?? plain;
    // Some take a backslash for one, some only before a quote: at the end that is two readings.
    if (!known.has(name) || parameters.has(name) || value.endsWith('\\') || /name[^a-z]*=/i.test(value))
      return undefined;
    parameters.set(name, value);
  }
  return parameters;
}

/** The names that some server reads in the name of a part: with backslashes as escapes or not, to a quote or beyond it, without brackets. */
export function readingsOfName(name: string): readonly string[] {
  return [name, name.split('"', 1)[0] ?? ''].map((one) => one.replace(/[\\"'<>]/g, ''));
}
