import { describe, expect, it } from '@jest/globals';
import * as der from '../../src/ca/der.js';

const hex = (piece: der.Der): string => der.encode(piece).toString('hex');

describe('DER', () => {
  it.each([
    ['an empty sequence', der.sequence(), '3000'],
    ['an object identifier', der.objectId('2.5.29.17'), '0603551d11'],
    ['true', der.yes, '0101ff'],
    ['null', der.nothing, '0500'],
    ['an integer', der.integer(Buffer.from([0x02])), '020102'],
    ['octets', der.octets(Buffer.from([0x80, 0xff])), '040280ff'],
    ['bits with unused ones', der.bits(Buffer.from([0x06]), 1), '03020106'],
    ['text beyond ASCII', der.utf8('é'), '0c02c3a9'],
    ['an implicit context tag', der.tagged(7, Buffer.from([10, 0, 0, 1])), '87040a000001'],
    ['an explicit context tag', der.wrapped(3, der.nothing), 'a3020500'],
    ['a set', der.set(der.nothing), '31020500'],
    ['a length of more than 127', der.octets(Buffer.alloc(200)), `0481c8${'00'.repeat(200)}`],
  ])('writes %s', (_, piece, expected) => {
    expect(hex(piece)).toBe(expected);
  });

  it.each([
    ['2049-12-31T23:59:59Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
  ])('writes %s in the form that RFC 5280 wants for its year', (at, expected) => {
    expect(hex(der.time(Date.parse(at)))).toBe(expected);
  });

  it('leaves the content of a bit string alone, also where it looks like DER', () => {
    const lookalike = der.encode(der.bits(der.encode(der.integer(Buffer.from([5])))));
    const read = der.decode(lookalike);
    expect(der.members(read)).toEqual([]);
    expect(der.encode(read)).toEqual(lookalike);
  });

  it('refuses what is cut off', () => {
    expect(() => der.decode(Buffer.from('300502', 'hex'))).toThrow();
  });

  it('reads members, content and tags back', () => {
    const read = der.decode(der.encode(der.sequence(der.wrapped(0, der.nothing), der.octets(Buffer.from('ab')))));
    const [first, second] = der.members(read);
    expect(der.isTagged(first!, 0)).toBe(true);
    expect(der.isTagged(first!, 1)).toBe(false);
    expect(der.isTagged(second!, 4)).toBe(false);
    expect(der.content(second).toString()).toBe('ab');
    expect(der.members(undefined)).toEqual([]);
    expect(der.content(undefined)).toHaveLength(0);
  });
});
