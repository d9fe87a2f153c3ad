import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/usage-error.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { covers, formatHostPattern, matchesHost, overlaps, parseHostPattern } from '../../src/policy/host-pattern.js';

const label = fc.constantFrom('a', 'b', 'c');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const port = fc.constantFrom('', ':443', ':80');
const pattern = fc.tuple(fc.constantFrom('', '*.'), name, port).map((parts) => parseHostPattern(parts.join('')));
const authority = fc.tuple(name, port).map((parts) => parseAuthority(parts.join(''), 443));

describe('a host pattern is refused', () => {
  it.each([
    ['*', 'an asterisk may only stand for the first label'],
    ['*.', 'the host is not a domain name'],
    ['*.*.example.com', 'an asterisk may only stand for the first label'],
    ['**.example.com', 'an asterisk may only stand for the first label'],
    ['*example.com', 'an asterisk may only stand for the first label'],
    ['api.*.com', 'an asterisk may only stand for the first label'],
    ['api.example.*', 'an asterisk may only stand for the first label'],
    ['example.com:*', 'an asterisk may only stand for the first label'],
    ['*.192.0.2.1', 'an address has nothing under it'],
    ['*.[::1]', 'an address has nothing under it'],
    ['192.0.2.01', 'the host is an IPv4 address in a spelling other than the dotted quad'],
    ['::1', 'the port is not a number'],
    ['', 'the host is not a domain name'],
    ['https://example.com', 'it is written without https://'],
    ['http://*.example.com/path', 'it is written without https://'],
    ['example.com/path', 'the host holds a character that no name has'],
    ['example.com.', 'the host is not a domain name'],
    ['example.com:0443', 'the port is not a number'],
    ['.example.com', 'the host is not a domain name'],
  ])('%j: %s', (text, reason) => {
    expect(() => parseHostPattern(text)).toThrow(UsageError);
    expect(() => parseHostPattern(text)).toThrow(`The host ${JSON.stringify(text)} cannot be used: ${reason}`);
  });
});

describe('a host pattern matches', () => {
  it.each([
    ['example.com', 'example.com:443', true],
    ['Example.COM', 'example.com:443', true],
    ['münchen.de', 'xn--mnchen-3ya.de:443', true],
    ['example.com', 'example.com:80', false],
    ['example.com:80', 'example.com:80', true],
    ['example.com:80', 'example.com:443', false],
    ['example.com', 'api.example.com:443', false],
    ['example.com', 'badexample.com:443', false],
    ['*.example.com', 'example.com:443', false],
    ['*.example.com', 'api.example.com:443', true],
    ['*.example.com', 'a.b.c.example.com:443', true],
    ['*.example.com', 'api.example.com:8443', false],
    ['*.example.com:8443', 'api.example.com:8443', true],
    ['*.example.com', 'badexample.com:443', false],
    ['*.example.com', 'api.example.com.evil.test:443', false],
    ['192.0.2.1', '192.0.2.1:443', true],
    ['192.0.2.1', '192.0.2.11:443', false],
    ['[2001:db8:0::1]', '[2001:db8::1]:443', true],
    ['[2001:db8::1]:80', '[2001:db8::1]:80', true],
    ['[2001:db8::1]', '[2001:db8::2]:443', false],
  ])('%s on %s: %s', (text, candidate, expected) => {
    expect(matchesHost(parseHostPattern(text), parseAuthority(candidate))).toBe(expected);
  });

  it('by a wildcard: never the apex, always what is under it', () => {
    fc.assert(
      fc.property(fc.domain(), name, (apex, under) => {
        const wildcard = parseHostPattern(`*.${apex}`);
        expect(matchesHost(wildcard, parseAuthority(apex, 443))).toBe(false);
        expect(matchesHost(wildcard, parseAuthority(`${under}.${apex}`, 443))).toBe(true);
        expect(matchesHost(wildcard, parseAuthority(`x${apex}`, 443))).toBe(false);
      }),
    );
  });
});

describe('a host pattern is written', () => {
  it.each([
    ['example.com:443', 'example.com'],
    ['EXAMPLE.com:80', 'example.com:80'],
    ['example.com:1443', 'example.com:1443'],
    ['*.example.com', '*.example.com'],
    ['*.example.com:8443', '*.example.com:8443'],
    ['[0::1]', '[::1]'],
    ['[::1]:80', '[::1]:80'],
    ['[::443]', '[::443]'],
  ])('%s as %s, which reads back as the same', (text, written) => {
    expect(formatHostPattern(parseHostPattern(text))).toBe(written);
    expect(parseHostPattern(written)).toEqual(parseHostPattern(text));
  });
});

describe('patterns are compared', () => {
  it.each([
    ['example.com', 'example.com', true, true],
    ['example.com', 'example.com:80', false, false],
    ['*.example.com', 'api.example.com', true, true],
    ['api.example.com', '*.example.com', false, true],
    ['*.example.com', '*.api.example.com', true, true],
    ['*.api.example.com', '*.example.com', false, true],
    ['*.example.com', '*.example.com', true, true],
    ['*.example.com', 'example.com', false, false],
    ['example.com', '*.example.com', false, false],
    ['*.example.com', '*.badexample.com', false, false],
    ['*.example.com', 'api.example.com:80', false, false],
    ['*.example.com', '192.0.2.1', false, false],
  ])('%s and %s: covers %s, overlaps %s', (a, b, covering, overlapping) => {
    expect(covers(parseHostPattern(a), parseHostPattern(b))).toBe(covering);
    expect(overlaps(parseHostPattern(a), parseHostPattern(b))).toBe(overlapping);
    expect(overlaps(parseHostPattern(b), parseHostPattern(a))).toBe(overlapping);
  });

  it('covering is what matching says: nothing is matched by the inner alone', () => {
    fc.assert(
      fc.property(pattern, pattern, authority, (outer, inner, candidate) => {
        if (covers(outer, inner) && matchesHost(inner, candidate)) expect(matchesHost(outer, candidate)).toBe(true);
        if (matchesHost(outer, candidate) && matchesHost(inner, candidate)) expect(overlaps(outer, inner)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
