import { partsOf } from './multipart.js';

/**
 * A form of parts, in Latin-1, with one part that is this field, at the end: others of its name are gone. Undefined where it has no one
 * reading, or where a part that is no plain field may be read as it.
 */
export function withPart(form: string, boundary: string, field: string, value: string): string | undefined {
  const parts = partsOf(form, boundary);
  const last = parts?.at(-1);
  if (parts === undefined || last === undefined) return undefined;
  const name = latin1(field);
  const kept: string[] = [];
  for (const part of parts) {
    if (part.field?.toLowerCase() === name.toLowerCase()) continue;
    const head = form.slice(part.head, part.start);
    if (part.field === undefined && head.toLowerCase().includes(name.toLowerCase())) return undefined;
    kept.push(form.slice(part.head, part.end));
  }
  kept.push(`Content-Disposition: form-data; name="${name}"\r\n\r\n${latin1(value)}`);
  return kept.map((part) => `--${boundary}\r\n${part}\r\n`).join('') + form.slice(last.end + 2);
}

/** A form of parts with the content of this field rewritten where it is one line: in several, some servers find other parts. */
export function partField(form: string, boundary: string, field: string, rewrite: (value: string) => string): string {
  const name = latin1(field);
  let mapped = '';
  let from = 0;
  for (const part of partsOf(form, boundary) ?? []) {
    const content = form.slice(part.start, part.end);
    if (part.field !== name || /[\r\n]/.test(content)) continue;
    mapped += form.slice(from, part.start) + rewrite(content);
    from = part.end;
  }
  return mapped + form.slice(from);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
