import { slot } from '../core/slot.js';
import { decodedOnce } from './url-encoding.js';

/**
 * Whether a server may take the name of a parameter or cookie, as a caller sent it, for this one: percent-encoded in any part (`%u0041`
 * too, as ASP did), in another case (ASP.NET), cut at a NUL, with brackets behind or around it (PHP, Rails, qs), with a space, a dot
 * or a bracket for an underscore (PHP), with white space or equals signs around it.
 */
export function nameReader(name: string): (sent: string) => boolean {
  const wanted = asRead(name);
  return (sent) => {
    const read = asRead(sent);
    return (
      underscored(read) === underscored(wanted) || (read.startsWith(wanted) && /^[[\]]/.test(read.slice(wanted.length)))
    );
  };
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
    .replace(/%u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return decodedOnce(text)
    .replace(/\0.*$/s, '')
    .replace(/^[\s=[]+|\s+$/g, '')
    .toLowerCase();
}

function underscored(name: string): string {
  return name.replace(/[ .[]/g, '_');
}
