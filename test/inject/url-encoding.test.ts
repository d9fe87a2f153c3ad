import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodedOnce, queryText, segmentText } from '../../src/inject/url-encoding.js';

const everyCharacter = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join('');
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('text in a query', () => {
  it('has everything but the unreserved percent-encoded', () => {
    expect(queryText(everyCharacter).replace(/%[0-9A-F]{2}/g, '')).toBe(
      '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
    );
    expect(queryText("a b+c&d=e;f#%'()*!é")).toBe('a%20b%2Bc%26d%3De%3Bf%23%25%27%28%29%2A%21%C3%A9');
  });

  it('reads as itself in a URL and in a form', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeURIComponent(queryText(value))).toBe(value);
        expect(new URLSearchParams(`a=${queryText(value)}&b=1`).get('a')).toBe(value);
      }),
    );
  });
});

describe('text in a segment of a path', () => {
  it('has only what stands for itself there unencoded', () => {
    expect(segmentText(everyCharacter).replace(/%[0-9A-F]{2}/g, '')).toBe(
      "!$&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~",
    );
    expect(segmentText('12:a/b?c#d%2Fé')).toBe('12:a%2Fb%3Fc%23d%252F%C3%A9');
  });

  it('reads as itself', () => {
    fc.assert(fc.property(text, (value) => expect(decodeURIComponent(segmentText(value))).toBe(value)));
  });
});

describe('decoding', () => {
  it.each([
    ['%41%6a%6A', 'Ajj'],
    ['%2541', '%41'],
    ['%4', '%4'],
    ['%g1%', '%g1%'],
    ['a+b', 'a+b'],
    ['%e9', 'é'],
  ])('reads %s as %s', (sent, read) => expect(decodedOnce(sent)).toBe(read));
});
