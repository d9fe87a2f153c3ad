import { describe, expect, it } from '@jest/globals';
import { encode } from '../../src/ca/der.js';
import * as extensions from '../../src/ca/extensions.js';

const hex = (piece: Parameters<typeof encode>[0]): string => encode(piece).toString('hex');
const text = (value: string): string => Buffer.from(value).toString('hex');

describe('certificate extensions', () => {
  it.each([
    [
      'a CA with no CA below it, critical',
      extensions.authorityConstraints(0),
      '30120603551d130101ff040830060101ff020100',
    ],
    ['a leaf, critical', extensions.leafConstraints, '300c0603551d130101ff04023000'],
    ['keyCertSign and cRLSign, critical', extensions.authorityUsage, '300e0603551d0f0101ff040403020106'],
    ['digitalSignature, critical', extensions.leafUsage, '300e0603551d0f0101ff040403020780'],
    ['serverAuth', extensions.forServers, '30130603551d25040c300a06082b06010505070301'],
    ['a subject key', extensions.subjectKeyIdentifier(Buffer.from([1, 2])), '300b0603551d0e040404020102'],
    ['an authority key', extensions.authorityKeyIdentifier(Buffer.from([1, 2])), '300d0603551d230406300480020102'],
  ])('says %s', (_, extension, expected) => {
    expect(hex(extension)).toBe(expected);
  });

  it('names hosts as DNS names and addresses as addresses', () => {
    const extension = hex(extensions.subjectAltName(['a.test', '10.0.0.1', '2001:db8::1'], false));
    expect(extension).toContain(`8206${text('a.test')}`);
    expect(extension).toContain('87040a000001');
    expect(extension).toContain('871020010db8000000000000000000000001');
    expect(extension).not.toContain('0101ff');
  });

  it('is critical where there is no subject', () => {
    expect(hex(extensions.subjectAltName(['a.test'], true))).toContain('0603551d110101ff');
  });
});

describe('name constraints', () => {
  const everyName = `8207${text('invalid')}`;
  /** What nobody has is all that is permitted of a form. */
  const noAddress = '8708c0000200ffffffff';

  it('shut out every address where only names are permitted', () => {
    const constraint = hex(extensions.nameConstraints(['a.test']));
    expect(constraint).toContain(`30088206${text('a.test')}`);
    expect(constraint).toContain(noAddress);
    expect(constraint).not.toContain(everyName);
  });

  it('shut out every name where only addresses are permitted', () => {
    const constraint = hex(extensions.nameConstraints(['10.0.0.1']));
    expect(constraint).toContain('87080a000001ffffffff');
    expect(constraint).toContain(everyName);
    expect(constraint).not.toContain(noAddress);
  });

  it('permit nothing where nothing is permitted', () => {
    const constraint = hex(extensions.nameConstraints([]));
    expect(constraint).toContain(everyName);
    expect(constraint).toContain(noAddress);
  });

  it('are the same for the same names in another order, doubled, or as wildcards', () => {
    const one = hex(extensions.nameConstraints(['b.test', 'a.test', '::1']));
    expect(hex(extensions.nameConstraints(['a.test', '::1', 'b.test', '*.a.test']))).toBe(one);
    expect(hex(extensions.nameConstraints(['a.test', '::1']))).not.toBe(one);
  });
});
