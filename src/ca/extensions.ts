import { addressBytes } from '../net/address-bytes.js';
import { bits, type Der, encode, integer, objectId, octets, sequence, tagged, wrapped, yes } from './der.js';

/** Object identifiers of RFC 5280 section 4.2. */
export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const serverAuth = '1.3.6.1.5.5.7.3.1';

function extension(id: string, critical: boolean, value: Der): Der {
  return critical ? sequence(objectId(id), yes, octets(encode(value))) : sequence(objectId(id), octets(encode(value)));
}

/** A CA with at most `pathLength` CAs below it, one under the other. */
export function authorityConstraints(pathLength: number): Der {
  return extension(extensionIds.basicConstraints, true, sequence(yes, integer(Buffer.from([pathLength]))));
}
export const leafConstraints = extension(extensionIds.basicConstraints, true, sequence());
/** keyCertSign (bit 5) and cRLSign (bit 6). */
export const authorityUsage = extension(extensionIds.keyUsage, true, bits(Buffer.from([0x06]), 1));
/** digitalSignature (bit 0): all that ECDHE needs. */
export const leafUsage = extension(extensionIds.keyUsage, true, bits(Buffer.from([0x80]), 7));
export const forServers = extension(extensionIds.extendedKeyUsage, false, sequence(objectId(serverAuth)));

export function subjectKeyIdentifier(keyId: Uint8Array): Der {
  return extension(extensionIds.subjectKeyIdentifier, false, octets(keyId));
}

export function authorityKeyIdentifier(keyId: Uint8Array): Der {
  return extension(extensionIds.authorityKeyIdentifier, false, sequence(tagged(0, keyId)));
}

/** `critical` where the subject is empty (RFC 5280 section 4.2.1.6). */
export function subjectAltName(hosts: readonly string[], critical: boolean): Der {
  const names = hosts.map((host) => {
    const address = addressBytes(host);
    return address === undefined ? tagged(2, Buffer.from(host, 'latin1')) : tagged(7, address);
  });
  return extension(extensionIds.subjectAltName, critical, sequence(...names));
}

/**
 * Only these names (each with everything under it) and addresses. A constraint binds only the form of name it speaks of
 * (RFC 5280 section 4.2.1.10). So without a name, or without an address, one is permitted that no host has: to exclude all of them
 * would say the same, but Java 17 stumbles over the empty name and, where a chain holds two such constraints, over all of IPv4 beside
 * all of IPv6 ("Index 8 out of bounds").
 */
export function nameConstraints(permit: readonly string[]): Der {
  const { names, addresses } = permittedOf(permit);
  const permitted = [
    ...(names.length === 0 ? [nobody.name] : names).map((name) => tagged(2, Buffer.from(name, 'latin1'))),
    ...(addresses.length === 0 ? [nobody.address] : addresses).map((address) => tagged(7, oneAddress(address))),
  ];
  return extension(
    extensionIds.nameConstraints,
    true,
    sequence(wrapped(0, ...permitted.map((base) => sequence(base)))),
  );
}

/** A domain that is never delegated (RFC 6761 section 6.4), and the first address of TEST-NET-1 (RFC 5737), which names a network. */
export const nobody = { name: 'invalid', address: '192.0.2.0' } as const;

/** Each name and address once, in one order: a wildcard permits what its domain does. */
export function permittedOf(permit: readonly string[]): { names: readonly string[]; addresses: readonly string[] } {
  const isAddress = (entry: string): boolean => addressBytes(entry) !== undefined;
  const names = permit.filter((entry) => !isAddress(entry)).map((name) => name.replace(/^\*\./, ''));
  return { names: [...new Set(names)].sort(), addresses: [...new Set(permit.filter(isAddress))].sort() };
}

function oneAddress(address: string): Buffer {
  const value = addressBytes(address) ?? Buffer.alloc(0);
  return Buffer.concat([value, Buffer.alloc(value.length, 0xff)]);
}
