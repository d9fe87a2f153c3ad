import { canonicalIpv6 } from '../policy/ip-literal.js';
import { content, decode, type Der, isTagged, members } from './der.js';
import { nobody, permittedOf } from './extensions.js';

/**
 * What a name constraint permits, for people to read and to compare with `ca.permit`: names, addresses, and networks as
 * `address/mask`, sorted. `extension` is the whole extension in DER. What is excluded only narrows it and is not named.
 */
export function permittedBy(extension: Uint8Array): readonly string[] {
  const value = members(decode(extension)).at(-1);
  const [permitted] = members(decode(content(value))).filter((part) => isTagged(part, 0));
  const all = members(permitted).flatMap((subtree) => {
    const base = members(subtree)[0];
    return base === undefined ? [] : textOf(base);
  });
  return all.filter((entry) => entry !== nobody.name && entry !== nobody.address).sort();
}

/** Whether a CA is constrained to just what `permit` says; undefined on either side: to nothing. */
export function permitsJust(extension: Uint8Array | undefined, permit: readonly string[] | undefined): boolean {
  if (extension === undefined || permit === undefined) return extension === permit;
  const { names, addresses } = permittedOf(permit);
  const wanted = [...names, ...addresses].sort();
  const found = permittedBy(extension);
  return wanted.length === found.length && wanted.every((entry, index) => entry === found[index]);
}

function textOf(base: Der): string {
  const bytes = content(base);
  if (isTagged(base, 2)) return bytes.toString('latin1');
  if (!isTagged(base, 7)) return 'a name of another form';
  const half = bytes.length / 2;
  const [address, mask] = [bytes.subarray(0, half), bytes.subarray(half)].map(addressText);
  return bytes.subarray(half).every((byte) => byte === 0xff) ? `${address}` : `${address}/${mask}`;
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');
  return canonicalIpv6(groups) ?? groups;
}
