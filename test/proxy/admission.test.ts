import { describe, expect, it } from '@jest/globals';
import { Admission } from '../../src/proxy/admission.js';

const caps = { connections: 5, connectionsPerAddress: 2 };
const admitted = (addresses: readonly (string | undefined)[], admission = new Admission()): boolean[] =>
  addresses.map((address) => admission.admit(address, caps));

describe('connections', () => {
  it.each([
    ['one IPv4 address', ['192.0.2.1', '192.0.2.1', '192.0.2.1']],
    ['an IPv4 address in both spellings', ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1']],
    ['one IPv6 /64', ['2001:db8::1', '2001:db8::2:3', '2001:db8:0:0:ffff::9']],
    ['a link-local address with its scope', ['fe80::1%eth0', 'fe80::2%eth0', 'fe80::3']],
  ])('beyond the limit from %s are refused', (_, addresses) => {
    expect(admitted(addresses)).toEqual([true, true, false]);
  });

  it.each([
    ['other IPv4 addresses', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['another /64', ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']],
    ['loopback', ['127.0.0.1', '127.0.0.1', '127.0.0.1']],
    ['IPv6 loopback', ['::1', '::1', '::1']],
    ['loopback in its long spelling', ['::ffff:127.0.0.1', '::ffff:127.0.0.1', '::ffff:127.0.0.1']],
    ['a unix socket', [undefined, undefined, undefined]],
  ])('from %s do not count together', (_, addresses) => {
    expect(admitted(addresses)).toEqual([true, true, true]);
  });

  it('beyond the limit for all are refused, wherever they come from', () => {
    expect(admitted(['192.0.2.1', '192.0.2.2', undefined, '127.0.0.1', '::1', undefined, '192.0.2.3'])).toEqual([
      ...Array<boolean>(5).fill(true),
      false,
      false,
    ]);
  });

  it('leave their place to others', () => {
    const admission = new Admission();
    admitted(['192.0.2.1', '192.0.2.1'], admission);
    admission.leave('192.0.2.1');
    expect(admitted(['192.0.2.1', '192.0.2.1'], admission)).toEqual([true, false]);
  });
});
