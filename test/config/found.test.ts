import { describe, expect, it } from '@jest/globals';
import { found, quoted } from '../../src/config/found.js';

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

  it.each(['x'.repeat(25), 'ghp_x', 'sk-x', 'xoxb-1', 'AKIAX', 'eyJhbGci', 'my-plain-token-1234', 'key=abcdefghij1k'])(
    'without a text that could be a secret: %s',
    (value) => {
      expect(found(value)).toBe(`a text of ${value.length} characters (not shown: it could be a secret)`);
    },
  );

  it('in printable ASCII', () => {
    expect(quoted('\x1b[2J\u202eä"')).toBe('"\\u001b[2J\\u202e\\u00e4\\""');
  });
});
