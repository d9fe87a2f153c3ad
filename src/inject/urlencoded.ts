import { nameOf, nameReader } from './parameter-name.js';
import { percentDecoded } from './percent.js';
import { inForm } from './spelling.js';

/** A pair of a form (WHATWG URL section 5), where it stands in it: its name ends where its value begins, but for the `=`. */
interface Pair {
  readonly start: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly end: number;
}

/** More than any server reads. */
const mostPairs = 10_000;

/** Characters of a name. Reading one as each server does takes a while for each. */
const longestName = 64 * 1024;

/**
 * A form, in Latin-1, with one field of this name, at the end: every pair that some server takes for it is gone. Undefined where a server that
 * splits at `;` as well would find one inside another, where it is no form but a document that only says it is one, or has a name that is
 * longer than any.
 */
export function withField(form: string, name: string, value: string): string | undefined {
  if (!isForm(form) || form.split(/[&;]/).some(hasLongName)) return undefined;
  const isOurs = nameReader(name);
  const kept: string[] = [];
  for (const text of form === '' ? [] : form.split('&')) {
    if (isOurs(nameOf(text))) continue;
    if (text.includes(';') && text.split(';').some((part) => isOurs(nameOf(part)))) return undefined;
    kept.push(text);
  }
  const before = kept.join('&');
  const joint = before === '' || before.endsWith('&') ? '' : '&';
  return `${before}${joint}${inForm.write(name)}=${inForm.write(value)}`;
}

/** A form with the values of a field of exactly this name rewritten, each as it stands in the form. */
export function mapField(form: string, name: string, rewrite: (value: string) => string): string {
  if (!isForm(form)) return form;
  let mapped = '';
  let from = 0;
  for (const { start, nameEnd, valueStart, end } of pairsOf(form)) {
    // Percent-encoded it is three times as long, and no longer.
    if (nameEnd - start > 3 * Buffer.byteLength(name)) continue;
    // At a server that splits there, what comes behind it is another field.
    if (decoded(form.slice(start, nameEnd)) !== name || form.slice(start, end).includes(';')) continue;
    mapped += form.slice(from, valueStart) + rewrite(form.slice(valueStart, end));
    from = end;
  }
  return mapped + form.slice(from);
}

/** Few enough pairs, and no document: a server that goes by the first byte would read JSON, XML or multipart: a field in it might be a part of anything. */
function isForm(form: string): boolean {
  if (form.split(/[&;]/, mostPairs + 1).length > mostPairs) return false;
  return !/^(?:\xef\xbb\xbf)?[\s\0]*(?:[[{<"]|--)/.test(form);
}

function hasLongName(piece: string): boolean {
  return piece.length > longestName && nameOf(piece).length > longestName;
}

function* pairsOf(form: string): Generator<Pair> {
  for (let start = 0; start < form.length;) {
    const ampersand = form.indexOf('&', start);
    const end = ampersand === -1 ? form.length : ampersand;
    const [name = ''] = form.slice(start, end).split('=', 1);
    const nameEnd = start + name.length;
    yield { start, nameEnd, valueStart: Math.min(nameEnd + 1, end), end };
    start = end + 1;
  }
}

function decoded(text: string): string {
  return percentDecoded(Buffer.from(text.replaceAll('+', ' '), 'latin1')).toString('utf8');
}
