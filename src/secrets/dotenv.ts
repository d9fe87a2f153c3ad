/** The name of a line is the name of a field. */
const start = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w-]{0,63})[ \t]*=[ \t]*/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * The lines of a `.env` file, or why they cannot be read, by line and without a word of them. There is no specification: where the usual
 * readers differ over a line, and one of them cuts the value short without a word, it is refused. Nothing is filled in: `$X` stays text.
 */
export function dotenvOf(text: string): ReadonlyMap<string, string> | string {
  const lines = new Map<string, string>();
  let rest = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  for (let line = 1; rest !== '';) {
    const read = lineOf(rest);
    if (typeof read === 'string') return `line ${line} ${read}`;
    if (read.name !== undefined) {
      if (lines.has(read.name)) return `line ${line} sets ${read.name} again`;
      lines.set(read.name, read.value);
    }
    line += rest.slice(0, read.length).split('\n').length - 1;
    rest = rest.slice(read.length);
  }
  return lines;
}

/** What a text begins with; `length` counts the end of the line. */
type Line = { readonly name?: string; readonly value: string; readonly length: number };

function lineOf(text: string): Line | string {
  const [empty] = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(text) ?? [];
  if (empty !== undefined) return { value: '', length: empty.length };
  const [before, name] = start.exec(text) ?? [];
  if (before === undefined || name === undefined) return 'is not NAME=value';
  const after = text.slice(before.length);
  const quote = /^["'`]/.exec(after)?.[0];
  const read = quote === undefined ? bareOf(after) : quotedOf(after, quote);
  return typeof read === 'string' ? read : { ...read, name, length: before.length + read.length };
}

function bareOf(text: string): Line | string {
  const [line = ''] = /^[^\n]*\n?/.exec(text) ?? [];
  const value = line.replace(/(?:^|[ \t])#.*/, '').trim();
  // Some readers take it for a comment.
  return value.includes('#') ? 'has a # in its value: put the value in quotes' : { value, length: line.length };
}

function quotedOf(text: string, quote: string): Line | string {
  const pattern = quote === '"' ? /^"((?:\\[^]|[^"\\])*)"/ : quote === "'" ? /^'([^']*)'/ : /^`([^`]*)`/;
  const [whole, inner] = pattern.exec(text) ?? [];
  if (whole === undefined || inner === undefined) return 'begins with a quote that does not end';
  const [end] = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(text.slice(whole.length)) ?? [];
  if (end === undefined) return 'goes on behind the quote that ends its value';
  const length = whole.length + end.length;
  // Some readers take it for a quote that is part of the value.
  if (quote !== '"') return inner.endsWith('\\') ? 'has a backslash before a quote' : { value: inner, length };
  const unknown = [...inner.matchAll(/\\([^])/g)].some(([, escaped = '']) => !Object.hasOwn(escapes, escaped));
  if (unknown) return 'has a backslash that is none of \\n \\r \\t \\" \\\\ \\$';
  return { value: inner.replace(/\\([^])/g, (_, escaped: string) => escapes[escaped] ?? ''), length };
}
