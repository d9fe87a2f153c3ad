import { describe, expect, it } from '@jest/globals';
import { addressBytes } from '../../src/net/address-bytes.js';

describe('the bytes of an address', () => {
  it.each([
    '',
    'a.test',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '2130706433',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '[::1]',
  ])('are none for %j', (text) => {
    expect(addressBytes(text)).toBeUndefined();
  });

  it.each([
    ['10.0.255.1', '0a00ff01'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['2001:DB8::A', '20010db800000000000000000000000a'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('of %s are %s', (text, hex) => {
    expect(addressBytes(text)?.toString('hex')).toBe(hex);
  });
});
