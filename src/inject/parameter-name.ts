import { slot } from '../core/slot.js';
import { decodedOnce } from './url-encoding.js';

/**
 * Whether a server may take the name of a parameter, field or cookie, as a caller sent it (in Latin-1, each byte one character), for this one:
 * percent-encoded in any part (`%u0041` too, as ASP did, which dropped every other percent sign), in another case (ASP.NET), cut at a NUL, with
 * brackets behind or around it (PHP, Rails, qs), with a space, a dot or a bracket for an underscore (PHP), with white space or equals
 * signs around it, behind the question mark of a query (`URLSearchParams`, which is given forms too).
 */
export function nameReader(name: string): (sent: string) => boolean {
  const wanted = asRead(latin1(name));
  const exactly = underscored(wanted);
  return (sent) => {
    const read = asRead(sent);
    const isBegin = underscored(read.slice(0, wanted.length)) === exactly;
    return underscored(read) === exactly || (isBegin && /^[[\]]/.test(read.slice(wanted.length)));
  };
}

/** The name in `name=value`, with the equals signs before it that some servers skip. */
export function nameOf(piece: string): string {
  return /^[\s+=]*[^=]*/.exec(piece)?.[0] ?? '';
}

/** What a parameter or cookie of this name takes up among its like: `a[b]` stands within `a`. */
export function nameSlot(name: string): string {
  return slot(
    ...asRead(name)
      .split(/[[\]]+/)
      .filter((part, at) => at === 0 || part !== '')
      .map(underscored),
  );
}

function asRead(sent: string): string {
  const text = sent
    .replaceAll('+', ' ')
    .replace(/%u([0-9a-f]{4})/gi, (_, digits: string) => latin1(String.fromCharCode(parseInt(digits, 16))));
  return Buffer.from(decodedOnce(text), 'latin1')
    .toString()
    .replace(/\0.*$/s, '')
    .replaceAll('%', '')
    .replace(/^[\s=?[\]]+/, '')
    .trimEnd()
    .toUpperCase()
    .toLowerCase();
}

function underscored(name: string): string {
  return name.replace(/[ .[]/g, '_');
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
