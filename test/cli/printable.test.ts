import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printable } from '../../src/cli/printable.js';

describe('what is printed on a terminal', () => {
  it('is printable ASCII of bounded length, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(printable(text)).toMatch(/^[\x20-\x7e]{0,300}…?$/);
      }),
    );
  });

  it('is as it was where it can be', () => {
    expect(printable('GET /a?b')).toBe('GET /a?b');
    expect(printable('\x1b[31m\u202e', 20)).toBe('\\u001b[31m\\u202e');
  });
});
