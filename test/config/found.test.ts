import { describe, expect, it } from '@jest/globals';
import { found, foundForSet, foundNear, quoted, quotedUnlessKey } from '../../src/config/found.js';

describe('what was found is told', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'nothing'],
    [true, 'true'],
    [12345678, 'the number 12345678'],
    [123456789, 'a number'],
    [[], 'an empty list'],
    [['x'], 'a list'],
    [{}, 'a set of keys'],
    ['', '""'],
    ['api.example.com', '"api.example.com"'],
    ['x'.repeat(24), `"${'x'.repeat(24)}"`],
  ])('%j', (value, words) => {
    expect(found(value)).toBe(words);
  });

  it.each([
    'x'.repeat(25),
    'ghp_x',
    'sk-x',
    'xoxb-1',
    'AKIAX',
    'eyJhbGci',
    'my-plain-token-1234',
    'key=abcdefghij1k',
    'kq93-Zvbn~!x81',
  ])('without a text that could be a secret: %s', (value) => {
    expect(found(value)).toBe(`a text of ${value.length} characters (not shown: it could be a secret)`);
  });

  it.each([
    ['token', 'a text (not shown: it could be a secret)'],
    [12, 'a number (not shown: it could be a secret)'],
    ['', '""'],
    [null, 'nothing'],
    [['x'], 'a list'],
  ])('without anything of it, where a set of keys belongs: %j', (value, words) => {
    expect(foundForSet(value)).toBe(words);
  });

  it('where it is near a known word, unless it begins like a key or is long', () => {
    expect(foundNear('token_sha265')).toBe('"token_sha265"');
    expect(foundNear('ghp_token')).not.toMatch('ghp');
    expect(foundNear('x'.repeat(25))).not.toMatch('x'.repeat(25));
  });

  it('though it is long, where it is the name of a host', () => {
    expect(quotedUnlessKey('secretsmanager.eu-central-1.amazonaws.com')).toMatch('"secretsmanager.eu-central-1');
    expect(quotedUnlessKey('kq93zvbnx81mmq7w')).not.toMatch('kq93');
  });

  it('in printable ASCII', () => {
    expect(quoted('\x1b[2J\u202eä"')).toBe('"\\u001b[2J\\u202e\\u00e4\\""');
  });
});
