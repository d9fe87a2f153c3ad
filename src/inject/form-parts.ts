import { partsOf } from './multipart.js';
import { nameReader } from './parameter-name.js';
import { readingsOfName } from './part-name.js';

/**
 * A form of parts, in Latin-1, with one part that is this field, at the end: all that some server reads as it are gone. Undefined
 * where it has no one reading, or where a file may be read as it.
 */
export function withPart(form: string, boundary: string, field: string, value: string): string | undefined {
  const parts = partsOf(form, boundary);
  const last = parts?.at(-1);
  if (parts === undefined || last === undefined) return undefined;
  const isOurs = nameReader(field);
  const kept: string[] = [];
  for (const { called, head, end } of parts) {
    if (called === undefined) return undefined;
    if (!readingsOfName(called.name).some(isOurs)) kept.push(form.slice(head, end));
    else if (called.isFile) return undefined;
  }
  kept.push(`Content-Disposition: form-data; name="${latin1(field)}"\r\n\r\n${latin1(value)}`);
  return kept.map((part) => `--${boundary}\r\n${part}\r\n`).join('') + form.slice(last.end + 2);
}

/** A form of parts with the content of this field rewritten where it is one line: in several, some servers find other parts. */
export function partField(form: string, boundary: string, field: string, rewrite: (value: string) => string): string {
  const name = latin1(field);
  let mapped = '';
  let from = 0;
  for (const { called, start, end } of partsOf(form, boundary) ?? []) {
    const content = form.slice(start, end);
    if (called?.name !== name || called.isFile || called.isCoded || /[\r\n]/.test(content)) continue;
    mapped += form.slice(from, start) + rewrite(content);
    from = end;
  }
  return mapped + form.slice(from);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
