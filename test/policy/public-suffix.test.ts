import { describe, expect, it } from '@jest/globals';
import { parseHostPattern } from '../../src/policy/host-pattern.js';
import { crossesPublicSuffix } from '../../src/policy/public-suffix.js';

describe('a wildcard spans several owners', () => {
  it.each([
    ['a top-level domain', '*.com'],
    ['a country', '*.uk'],
    ['a suffix of two labels', '*.co.uk'],
    ['an internationalised suffix', '*.公司.cn'],
    ['the same as A-labels', '*.xn--55qx5d.cn'],
    ['the private section', '*.hf.space'],
    ['pages', '*.github.io'],
    ['buckets', '*.s3.amazonaws.com'],
    ['buckets of a region', '*.s3.eu-central-1.amazonaws.com'],
    ['what stands above a private suffix', '*.amazonaws.com'],
    ['what stands above one by several labels', '*.digitaloceanspaces.com'],
    ['what a wildcard rule makes a suffix', '*.foo.ck'],
    ['what stands above a wildcard rule', '*.ck'],
    ['a single label in nobody\u2019s list', '*.internal'],
    ['any port', '*.github.io:8443'],
  ])('%s: %s', (_, text) => {
    expect(crossesPublicSuffix(parseHostPattern(text))).toBe(true);
  });
});

describe('a wildcard has one owner', () => {
  it.each([
    '*.example.com',
    '*.example.co.uk',
    '*.api.example.com',
    '*.acme.github.io',
    '*.my-bucket.s3.amazonaws.com',
    '*.www.ck',
    '*.bar.foo.ck',
    '*.atlassian.net',
    '*.corp.internal',
    '*.xn--mnchen-3ya.de',
    '*.a_b.example.com',
  ])('%s', (text) => {
    expect(crossesPublicSuffix(parseHostPattern(text))).toBe(false);
  });
});

describe('an exact host has one owner', () => {
  it.each(['com', 'co.uk', 'github.io', 's3.amazonaws.com', 'amazonaws.com', 'example.com', '192.0.2.1', '[::1]'])(
    '%s',
    (text) => {
      expect(crossesPublicSuffix(parseHostPattern(text))).toBe(false);
    },
  );
});
