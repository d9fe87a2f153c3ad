import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyIdOf, nameOf } from '../../src/ca/certificate.js';
import { content, decode, type Der, encode, members, objectId, octets, sequence } from '../../src/ca/der.js';
import { authorityConstraints, extensionIds, forServers } from '../../src/ca/extensions.js';
import { readAuthority } from '../../src/ca/read-authority.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { anyPathLength, member } from './corporate.js';

const read = (...extensions: Der[]): ReturnType<typeof readAuthority> =>
  readAuthority(member('a test', { extensions }).certificate.raw);

const purpose = (id: string): Der =>
  sequence(objectId(extensionIds.extendedKeyUsage), octets(encode(sequence(objectId(id)))));

describe('reading a CA certificate', () => {
  it.each([
    ['no purpose', [], true],
    ['serverAuth', [forServers], true],
    ['any purpose', [purpose('2.5.29.37.0')], true],
    ['clientAuth alone', [purpose('1.3.6.1.5.5.7.3.2')], false],
  ])('tells from %s whether it signs for servers', (_, extensions, signs) => {
    expect(read(...extensions).signsForServers).toBe(signs);
  });

  it('finds how many CAs may stand below it', () => {
    expect(read(authorityConstraints(0)).pathLength).toBe(0);
    expect(read(authorityConstraints(7)).pathLength).toBe(7);
    expect(read(anyPathLength).pathLength).toBeUndefined();
    expect(read().pathLength).toBeUndefined();
  });

  it('finds subject, key identifier and name constraints, byte for byte', () => {
    const { certificate, key } = makeRoot({ name: 'Überwachung', permit: ['a.test'], clock: systemClock });
    const found = readAuthority(certificate.raw);
    expect(encode(found.name)).toEqual(encode(nameOf('Überwachung')));
    expect(found.keyId).toEqual(keyIdOf(createPublicKey(key)));
    expect(content(members(decode(found.nameConstraints!))[0]).toString('hex')).toBe('551d1e');
  });
});
