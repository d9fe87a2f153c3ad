import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalIpv6, isCanonicalIpv4 } from '../../src/policy/ip-literal.js';

describe('an IPv4 address has one spelling', () => {
  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.04',
    '256.1.1.1',
    '1.2.3.260',
    '0x1.2.3.4',
    '1.2.3.4\n',
    ' 1.2.3.4',
  ])('which %j is not', (text) => {
    expect(isCanonicalIpv4(text)).toBe(false);
  });

  it.each(['0.0.0.0', '1.2.3.4', '9.10.99.100', '199.200.249.250', '255.255.255.255'])('which %s is', (text) => {
    expect(isCanonicalIpv4(text)).toBe(true);
  });

  it('and every address of four bytes written in decimal has it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(isCanonicalIpv4(bytes.join('.'))).toBe(true);
      }),
    );
  });
});

describe('an IPv6 address is brought into the spelling of RFC 5952', () => {
  it.each(['', ':', ':::', '1', '1:2:3:4:5:6:7', '::1::', '12345::', '::1%1', '[::1]', '::1.2.3', '1.2.3.4::', ' ::1'])(
    'but %j is none',
    (text) => {
      expect(canonicalIpv6(text)).toBeUndefined();
    },
  );

  it('whatever its spelling was: the one a URL has, accepted exactly where node:net accepts it', () => {
    const spelling = fc.oneof(
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom('0', '1', 'F', ':', '::', '1.2.3.4'), maxLength: 16 }),
    );
    fc.assert(
      fc.property(spelling, (text) => {
        const canonical = canonicalIpv6(text);
        expect(canonical !== undefined).toBe(isIP(text) === 6);
        if (canonical !== undefined) expect(`[${canonical}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
      { numRuns: 3000 },
    );
  });
});
