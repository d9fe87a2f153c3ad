import { describe, expect, it } from '@jest/globals';
import { fieldName, isReserved, refuseReserved, sameField } from '../../src/inject/field-name.js';

describe('a header', () => {
  it.each(['host', 'content-length', 'proxy-authorization', 'x-keywright-id', 'te', 'accept-encoding'])(
    '%s is no place for a credential',
    (name) => {
      expect(isReserved(name)).toBe(true);
      expect(() => refuseReserved(name)).toThrow(`a credential cannot stand in the header ${name}.`);
    },
  );

  it.each(['authorization', 'x-host', 'hosts', 'content-md5', 'x-proxy-a'])('%s can hold one', (name) => {
    expect(isReserved(name)).toBe(false);
    expect(() => refuseReserved(name)).not.toThrow();
  });

  it.each([
    ['X-Signature', 'x_signature', true],
    ['a', 'A', true],
    ['x-signature', 'x-signatures', false],
    ['x-signature', 'xsignature', false],
  ])('%s may be taken for %s: %s', (one, other, same) => {
    expect(sameField(one, other)).toBe(same);
  });

  it('has a name of visible ASCII without separators', () => {
    expect(['X-a_b.c!', 'é', 'a b', 'a:', ''].map((name) => fieldName.test(name))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
