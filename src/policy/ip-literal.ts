/**
 * The one spelling of an IPv4 address: four decimal numbers without leading zeros.
 * Everything else that inet_aton or the WHATWG URL parser would read as IPv4 is not accepted as a host at all.
 */
export function isCanonicalIpv4(text: string): boolean {
  return dottedQuad.test(text);
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedQuad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/**
 * An IPv6 address (RFC 4291 section 2.2, without brackets or zone) in the spelling of RFC 5952 section 4, or undefined.
 * An embedded IPv4 address is written in hexadecimal, as every URL parser writes it, so that there is one spelling.
 */
export function canonicalIpv6(text: string): string | undefined {
  const groups = parseGroups(text);
  return groups === undefined ? undefined : formatGroups(groups);
}

function parseGroups(text: string): readonly number[] | undefined {
  const [head, tail, ...more] = text.split('::');
  if (head === undefined || more.length > 0) return undefined;
  const before = parseRun(head, tail === undefined);
  const after = parseRun(tail ?? '', true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  // `::` stands for at least one group of zeros.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** Groups between colons; the last may be a dotted quad where the run ends the address. */
function parseRun(text: string, endsAddress: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else if (endsAddress && index === parts.length - 1 && isCanonicalIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      return undefined;
    }
  }
  return groups;
}

/** RFC 5952 section 4.2: the longest run of two or more zero groups is shortened, the first of equals. */
function formatGroups(groups: readonly number[]): string {
  let start = 0;
  let length = 1;
  for (let from = 0; from < groups.length; from += 1) {
    let to = from;
    while (groups[to] === 0) to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = groups.map((group) => group.toString(16));
  if (length === 1) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
