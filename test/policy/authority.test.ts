import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Scheme } from '../../src/core/message.js';
import { Refusal } from '../../src/core/refusal.js';
import { formatAuthority, hostHeader, parseAuthority, sameAuthority } from '../../src/policy/authority.js';

const label63 = 'a'.repeat(63);
const name253 = `${label63}.${label63}.${label63}.${'b'.repeat(61)}`;

function codeOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
  return 'parsed';
}

describe('an authority is brought into its one form', () => {
  it.each([
    ['example.com:443', 'example.com', 443, 'name'],
    ['EXAMPLE.Com:8443', 'example.com', 8443, 'name'],
    ['localhost:1', 'localhost', 1, 'name'],
    ['example.com:65535', 'example.com', 65535, 'name'],
    ['a_b._tcp.example.com:443', 'a_b._tcp.example.com', 443, 'name'],
    ['xn--mnchen-3ya.de:443', 'xn--mnchen-3ya.de', 443, 'name'],
    ['XN--Mnchen-3ya.de:443', 'xn--mnchen-3ya.de', 443, 'name'],
    ['xn--zzzzzz.com:443', 'xn--zzzzzz.com', 443, 'name'],
    ['München.de:443', 'xn--mnchen-3ya.de', 443, 'name'],
    ['faß.de:443', 'xn--fa-hia.de', 443, 'name'],
    ['ｇｉｔｈｕｂ.com:443', 'github.com', 443, 'name'],
    ['api。github。com:443', 'api.github.com', 443, 'name'],
    ['\u212aeywright.test:443', 'keywright.test', 443, 'name'],
    ['1password.com:443', '1password.com', 443, 'name'],
    ['1.2.3.4a:443', '1.2.3.4a', 443, 'name'],
    ['127.0.0.1e0:443', '127.0.0.1e0', 443, 'name'],
    [`${name253}:443`, name253, 443, 'name'],
    ['127.0.0.1:80', '127.0.0.1', 80, 'ipv4'],
    ['0.0.0.0:80', '0.0.0.0', 80, 'ipv4'],
    ['255.255.255.255:80', '255.255.255.255', 80, 'ipv4'],
    ['[::]:443', '::', 443, 'ipv6'],
    ['[::1]:443', '::1', 443, 'ipv6'],
    ['[1::]:443', '1::', 443, 'ipv6'],
    ['[2001:DB8:0:0:0:0:0:1]:443', '2001:db8::1', 443, 'ipv6'],
    ['[2001:0db8::0001]:443', '2001:db8::1', 443, 'ipv6'],
    ['[2001:db8:0:1:1:1:1:1]:443', '2001:db8:0:1:1:1:1:1', 443, 'ipv6'],
    ['[2001:db8::1:1:1:1:1]:443', '2001:db8:0:1:1:1:1:1', 443, 'ipv6'],
    ['[2001:0:0:1:0:0:0:1]:443', '2001:0:0:1::1', 443, 'ipv6'],
    ['[2001:db8:0:0:1:0:0:1]:443', '2001:db8::1:0:0:1', 443, 'ipv6'],
    ['[1:2:3:4:5:6:0:0]:443', '1:2:3:4:5:6::', 443, 'ipv6'],
    ['[1:2:3:4:5:6:7:8]:443', '1:2:3:4:5:6:7:8', 443, 'ipv6'],
    ['[::ffff:127.0.0.1]:443', '::ffff:7f00:1', 443, 'ipv6'],
    ['[::ffff:7f00:1]:443', '::ffff:7f00:1', 443, 'ipv6'],
    ['[64:ff9b::192.0.2.33]:443', '64:ff9b::c000:221', 443, 'ipv6'],
  ])('%s is %s', (text, host, port, kind) => {
    expect(parseAuthority(text)).toEqual({ host, port, kind });
  });

  it('takes the default port only where there is none', () => {
    expect(parseAuthority('example.com', 443).port).toBe(443);
    expect(parseAuthority('example.com:80', 443).port).toBe(80);
    expect(parseAuthority('[::1]', 443)).toEqual({ host: '::1', port: 443, kind: 'ipv6' });
    expect(codeOf(() => parseAuthority('example.com:', 443))).toBe('bad_authority');
  });

  it('keeps the cause of a refusal for the operator, and the text out of it', () => {
    try {
      parseAuthority('hunter2@example.com:443');
      throw new TypeError('not refused');
    } catch (error) {
      expect((error as Refusal).cause).toBe('the host holds a character that no name has');
      expect(String(error)).not.toContain('hunter2');
    }
  });
});

describe('an authority is written', () => {
  it('as host and port, with brackets around IPv6', () => {
    expect(formatAuthority(parseAuthority('Example.com:443'))).toBe('example.com:443');
    expect(formatAuthority(parseAuthority('[0::1]:80'))).toBe('[::1]:80');
    expect(formatAuthority(parseAuthority('192.0.2.1:80'))).toBe('192.0.2.1:80');
  });

  it.each<[string, Scheme, string]>([
    ['example.com:443', 'https', 'example.com'],
    ['example.com:443', 'http', 'example.com:443'],
    ['example.com:80', 'http', 'example.com'],
    ['example.com:80', 'https', 'example.com:80'],
    ['example.com:8443', 'https', 'example.com:8443'],
    ['[::1]:443', 'https', '[::1]'],
    ['[::1]:444', 'https', '[::1]:444'],
  ])('as the Host of %s over %s: %s', (text, scheme, expected) => {
    expect(hostHeader(parseAuthority(text), scheme)).toBe(expected);
  });

  it('and compared by host and port', () => {
    const authority = parseAuthority('example.com:443');
    expect(sameAuthority(authority, parseAuthority('EXAMPLE.com', 443))).toBe(true);
    expect(sameAuthority(authority, parseAuthority('example.com:444'))).toBe(false);
    expect(sameAuthority(authority, parseAuthority('example.org:443'))).toBe(false);
  });
});

describe('for any text', () => {
  const hostLike = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((text) => `[${text}]`),
    fc.string({
      unit: fc.constantFrom(
        'a',
        'Z',
        '0',
        '.',
        '-',
        '_',
        ':',
        '[',
        ']',
        '%',
        '@',
        'x',
        '１',
        '。',
        'ß',
        'ü',
        '/',
        '\\',
        ' ',
      ),
      maxLength: 24,
    }),
    fc.string({ unit: 'grapheme', maxLength: 16 }),
  );

  it('the outcome is a canonical authority that reads back as itself, or bad_authority', () => {
    fc.assert(
      fc.property(hostLike, fc.constantFrom(':443', ':80', ':0', '', ':'), (host, port) => {
        let parsed;
        try {
          parsed = parseAuthority(host + port, 443);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          return;
        }
        expect(parseAuthority(formatAuthority(parsed))).toEqual(parsed);
        expect(parsed.host).toMatch(/^[a-z0-9._:-]+$/);
        expect(parsed.host).not.toMatch(/^\.|\.\.|\.$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('a host that is accepted is the host that a WHATWG URL has', () => {
    fc.assert(
      fc.property(hostLike, (host) => {
        let parsed;
        try {
          parsed = parseAuthority(`${host}:444`);
        } catch {
          // Refused texts have no second reading to compare with.
          return;
        }
        const { hostname } = new URL(`https://${host}:444/`);
        expect(parsed.kind === 'ipv6' ? `[${parsed.host}]` : parsed.host).toBe(hostname);
      }),
      { numRuns: 2000 },
    );
  });
});
