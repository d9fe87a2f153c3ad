import { createRequire } from 'node:module';
import type forge from 'node-forge';

const require = createRequire(import.meta.url);
/** One file of the package, by `require`: 4 ms at each start, where an import of the whole takes 26. */
const asn1 = require('node-forge/lib/asn1.js') as typeof forge.asn1;

/** A piece of DER (X.690) as a tree. Trees are never changed after they are made, so pieces may be shared. */
export type Der = forge.asn1.Asn1;

const universal = (type: forge.asn1.Type, value: string): Der => asn1.create(asn1.Class.UNIVERSAL, type, false, value);
const bytes = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

export const sequence = (...items: readonly Der[]): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [...items]);
export const set = (...items: readonly Der[]): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [...items]);
export const objectId = (dotted: string): Der => universal(asn1.Type.OID, asn1.oidToDer(dotted).getBytes());
/** The two's complement bytes of an integer, in the shortest form: the caller's job. */
export const integer = (value: Uint8Array): Der => universal(asn1.Type.INTEGER, bytes(value));
export const yes = universal(asn1.Type.BOOLEAN, '\xff');
export const nothing = universal(asn1.Type.NULL, '');
export const octets = (value: Uint8Array): Der => universal(asn1.Type.OCTETSTRING, bytes(value));
export const utf8 = (value: string): Der => universal(asn1.Type.UTF8, bytes(Buffer.from(value, 'utf8')));
export const bits = (value: Uint8Array, unused = 0): Der =>
  universal(asn1.Type.BITSTRING, String.fromCharCode(unused) + bytes(value));

/** `[tag] IMPLICIT` of a primitive type. */
export const tagged = (tag: number, value: Uint8Array): Der => contextual(tag, false, bytes(value));
/** `[tag] EXPLICIT`, and `[tag] IMPLICIT` of a SEQUENCE OF. */
export const wrapped = (tag: number, ...items: readonly Der[]): Der => contextual(tag, true, [...items]);

function contextual(tag: number, constructed: boolean, value: string | Der[]): Der {
  // forge's types know the universal tags only.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, constructed, value);
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5). `at` is milliseconds since the epoch. */
export function time(at: number): Der {
  const date = new Date(at);
  return date.getUTCFullYear() < 2050
    ? universal(asn1.Type.UTCTIME, asn1.dateToUtcTime(date))
    : universal(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));
}

export function encode(der: Der): Buffer {
  return Buffer.from(asn1.toDer(der).getBytes(), 'latin1');
}

export function decode(encoded: Uint8Array): Der {
  // forge guesses at DER inside bit strings otherwise; its types know only the older, boolean form of this parameter.
  const options = { strict: true, decodeBitStrings: false } as unknown as boolean;
  return asn1.fromDer(bytes(encoded), options);
}

/** The members of a constructed piece; none where it is primitive. */
export function members(der: Der | undefined): readonly Der[] {
  return der !== undefined && Array.isArray(der.value) ? der.value : [];
}

/** The content of a primitive piece. */
export function content(der: Der | undefined): Buffer {
  return Buffer.from(der !== undefined && typeof der.value === 'string' ? der.value : '', 'latin1');
}

export function isTagged(der: Der, tag: number): boolean {
  return der.tagClass === asn1.Class.CONTEXT_SPECIFIC && (der.type as number) === tag;
}
