import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { goesDirect, parseDirectRule } from '../../src/net/direct-rule.js';
import { parseAuthority } from '../../src/policy/authority.js';

describe('an entry of no_proxy is not', () => {
  it.each([
    '',
    '*',
    '.example.com',
    '*.*.example.com',
    'a.*.example.com',
    '*example.com',
    'example.com.',
    'example.com:0',
    'example.com:x',
    'https://example.com',
    'user@example.com',
    '*.10.0.0.1',
    '127.1',
    '0x7f000001',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0/8',
    '/8',
    'fd00::/129',
    'fe80::1%eth0/64',
    'fe80::1%eth0',
    'example.com/8',
    '10.0.0.0/8:443',
  ])('%j', (text) => {
    expect(() => parseDirectRule(text)).toThrow(UsageError);
  });
});

describe('an entry of no_proxy', () => {
  it.each([
    ['example.com', 'example.com:443', true],
    ['example.com', 'example.com:8443', true],
    ['EXAMPLE.com', 'example.com:443', true],
    ['example.com', 'www.example.com:443', false],
    ['example.com', 'badexample.com:443', false],
    ['example.com:8443', 'example.com:8443', true],
    ['example.com:8443', 'example.com:443', false],
    ['*.example.com', 'a.b.example.com:443', true],
    ['*.example.com', 'example.com:443', false],
    ['*.example.com', 'badexample.com:443', false],
    ['*.example.com:80', 'a.example.com:443', false],
    ['bücher.example', 'xn--bcher-kva.example:443', true],
    ['10.0.0.1', '10.0.0.1:443', true],
    ['10.0.0.1', '10.0.0.2:443', false],
    ['10.0.0.1:80', '10.0.0.1:443', false],
    ['fd00::1', '[fd00:0::1]:443', true],
    ['[fd00::1]:80', '[fd00::1]:80', true],
    ['10.0.0.0/8', '10.255.0.1:443', true],
    ['10.0.0.0/8', '11.0.0.1:443', false],
    ['10.0.0.0/8', '[::ffff:10.0.0.1]:443', false],
    ['192.0.2.129/25', '192.0.2.128:443', true],
    ['192.0.2.129/25', '192.0.2.127:443', false],
    ['0.0.0.0/0', '[::1]:443', false],
    ['0.0.0.0/0', 'example.com:443', false],
    ['::/0', '[fd00::1]:443', true],
    ['fd00::/8', '[fe00::1]:443', false],
  ])('%s takes %s: %s', (entry, authority, direct) => {
    expect(goesDirect([parseDirectRule(entry)], parseAuthority(authority))).toBe(direct);
  });

  it('is one of several', () => {
    const rules = ['a.example', '10.0.0.0/8'].map(parseDirectRule);
    expect(goesDirect(rules, parseAuthority('10.0.0.1:1'))).toBe(true);
    expect(goesDirect([], parseAuthority('10.0.0.1:1'))).toBe(false);
  });
});
