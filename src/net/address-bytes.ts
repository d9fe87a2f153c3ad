import { isIPv4 } from 'node:net';
import { canonicalIpv6 } from '../policy/ip-literal.js';

/** The 4 or 16 bytes of an IP address as DNS and literals give it, a zone id left aside; undefined for anything else. */
export function addressBytes(address: string): Buffer | undefined {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = canonicalIpv6(address.replace(/%.*$/s, ''))?.split('::') ?? [];
  if (head === '' && tail === undefined) return undefined;
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = new Array<number>(8 - left.length - right.length).fill(0);
  return Buffer.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
