import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { parseAuthority } from '../../src/policy/authority.js';

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

describe('an authority that could be read in two ways is refused', () => {
  it.each([
    ['nothing', ''],
    ['no host', ':443'],
    ['no port where there is no default', 'example.com'],
    ['an empty port', 'example.com:'],
    ['a zero-padded port', 'example.com:0443'],
    ['port 0', 'example.com:0'],
    ['port 65536', 'example.com:65536'],
    ['port 99999', 'example.com:99999'],
    ['a port of six digits', 'example.com:100000'],
    ['a signed port', 'example.com:+1'],
    ['a negative port', 'example.com:-1'],
    ['a hexadecimal port', 'example.com:0x50'],
    ['a fractional port', 'example.com:80.0'],
    ['a port in other digits', 'example.com:４４３'],
    ['a service name as port', 'example.com:https'],
    ['two ports', 'example.com:443:443'],
    ['space before the port', 'example.com :443'],
    ['space after the port', 'example.com:443 '],
    ['space before the host', ' example.com:443'],
    ['a tab inside', 'exam\tple.com:443'],
    ['a line break at the end', 'example.com:443\n'],
    ['a line break inside', 'example.com\r\n:443'],
    ['NUL', 'example.com\0.evil.test:443'],
    ['userinfo', 'user@example.com:443'],
    ['userinfo with a password', 'user:password@example.com:443'],
    ['empty userinfo', '@example.com:443'],
    ['a percent-encoded dot', 'example%2ecom:443'],
    ['a percent-encoded letter', '%65xample.com:443'],
    ['a percent-encoded byte beside an IDN', 'm\u00fcnchen%2ede:443'],
    ['a path', 'example.com:443/'],
    ['a path before the port', 'example.com/x:443'],
    ['a query', 'example.com?:443'],
    ['a fragment', 'example.com#:443'],
    ['a backslash', 'example.com\\.evil.test:443'],
    ['a comma', 'example.com,evil.test:443'],
    ['a scheme', 'https://example.com:443'],
    ['an asterisk', '*.example.com:443'],
    ['a trailing dot', 'example.com.:443'],
    ['two trailing dots', 'example.com..:443'],
    ['a leading dot', '.example.com:443'],
    ['an empty label', 'example..com:443'],
    ['only a dot', '.:443'],
    ['an ideographic trailing dot', 'example.com\u3002:443'],
    ['a label of 64', `${label63}a.com:443`],
    ['a name of 254', `${name253}b:443`],
    ['a lone surrogate', '\ud800.com:443'],
    ['a character that maps to a slash', '\u2100.com:443'],
    ['a fullwidth percent sign', 'a\uff052e.com:443'],
    ['a fullwidth colon', 'example.com\uff1a443'],
    ['a non-breaking space', 'example\u00a0.com:443'],
  ])('%s', (_, text) => {
    expect(codeOf(() => parseAuthority(text))).toBe('bad_authority');
  });

  it.each([
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0X7F.1',
    '0x',
    '127.1',
    '127.0.1',
    '0177.0.0.1',
    '0177.0.0.01',
    '127.0.0.01',
    '127.0.0.0x1',
    '127.0.0.256',
    '256.0.0.1',
    '1.2.3.4.5',
    '1.2.3.4.',
    '1.2.3.',
    '.1.2.3.4',
    '01.2.3.4',
    '00.0.0.0',
    'example.1',
    'example.0x7f',
    'example.09',
    '１２７.0.0.1',
    '127。0。0。1',
  ])('%s is an IPv4 address to some reader and no dotted quad', (host) => {
    expect(codeOf(() => parseAuthority(`${host}:443`))).toBe('bad_authority');
  });

  it.each([
    ['bare IPv6', '::1:443'],
    ['bare IPv6 in full', '2001:db8:0:0:0:0:0:1'],
    ['a zone id', '[fe80::1%eth0]:443'],
    ['an encoded zone id', '[fe80::1%25eth0]:443'],
    ['no closing bracket', '[::1:443'],
    ['no opening bracket', '::1]:443'],
    ['empty brackets', '[]:443'],
    ['a name in brackets', '[example.com]:443'],
    ['IPv4 in brackets', '[127.0.0.1]:443'],
    ['IPvFuture', '[v1.fe80]:443'],
    ['something between bracket and port', '[::1]x:443'],
    ['a port without colon', '[::1]443'],
    ['two double colons', '[1::2::3]:443'],
    ['three colons', '[:::1]:443'],
    ['seven groups', '[1:2:3:4:5:6:7]:443'],
    ['nine groups', '[1:2:3:4:5:6:7:8:9]:443'],
    ['eight groups and a double colon', '[1:2:3:4::5:6:7:8]:443'],
    ['a group of five digits', '[::00001]:443'],
    ['a group that is not hexadecimal', '[::g]:443'],
    ['a leading single colon', '[:1::2]:443'],
    ['a trailing single colon', '[1::2:]:443'],
    ['an IPv4 tail that is not canonical', '[::ffff:127.1]:443'],
    ['an IPv4 tail with octal', '[::ffff:0177.0.0.1]:443'],
    ['an IPv4 part before the end', '[::127.0.0.1:1]:443'],
    ['an IPv4 part before the double colon', '[127.0.0.1::]:443'],
    ['space inside', '[ ::1]:443'],
  ])('%s', (_, text) => {
    expect(codeOf(() => parseAuthority(text, 443))).toBe('bad_authority');
  });
});
