import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPath } from '../../src/policy/path.js';

describe('a path that reads two ways has no canonical form', () => {
  it.each([
    ['nothing', ''],
    ['no leading slash', 'a'],
    ['the asterisk form', '*'],
    ['an absolute form', 'http://example.com/'],
    ['a query', '/a?b'],
    ['a fragment', '/a#b'],
    ['a double slash', '/a//b'],
    ['a leading double slash', '//a'],
    ['a trailing double slash', '/a//'],
    ['a dot segment', '/a/./b'],
    ['a trailing dot segment', '/a/.'],
    ['a leading dot segment', '/./a'],
    ['a parent segment', '/a/../b'],
    ['a trailing parent segment', '/a/..'],
    ['an encoded parent segment', '/a/%2e%2e/b'],
    ['the same in upper case', '/a/%2E%2E/b'],
    ['a half encoded parent segment', '/a/.%2e/b'],
    ['an encoded dot segment', '/a/%2e/b'],
    ['a parent segment with spaces', '/a/..%20/b'],
    ['a parent segment with a tab', '/a/..%09/b'],
    ['an encoded slash', '/a%2Fb'],
    ['an encoded slash in lower case', '/a%2fb'],
    ['an encoded slash at the end', '/a%2f'],
    ['an encoded backslash', '/a%5Cb'],
    ['an encoded backslash in lower case', '/a%5cb'],
    ['a backslash', '/a\\b'],
    ['a backslash parent', '/a\\..\\b'],
    ['a semicolon', '/a;b'],
    ['a semicolon behind dots', '/a/..;/b'],
    ['an encoded semicolon', '/a%3Bb'],
    ['an encoded question mark', '/a%3Fb'],
    ['a double encoding', '/a/%252e%252e/b'],
    ['a double encoding, itself encoded', '/a/%25%32%65/b'],
    ['a doubly encoded letter', '/%2541'],
    ['a percent sign alone', '/a%'],
    ['a percent sign and one digit', '/a%4'],
    ['a percent sign and no hexadecimal digit', '/a%4g'],
    ['an IIS escape', '/a%u002e'],
    ['NUL', '/a%00'],
    ['a line feed', '/a%0Ab'],
    ['a carriage return', '/a%0db'],
    ['escape', '/a%1B'],
    ['delete', '/a%7F'],
    ['a C1 control', '/a%C2%85'],
    ['a raw NUL', '/a\0'],
    ['a raw line break', '/a\r\nb'],
    ['a raw space', '/a b'],
    ['a raw tab', '/a\tb'],
    ['raw UTF-8 bytes', '/\xc3\xbc'],
    ['a raw character above the bytes', '/\u0100'],
    ['an overlong dot', '/%c0%ae%c0%ae/'],
    ['an overlong slash', '/a%c0%afb'],
    ['a broken sequence', '/%c3'],
    ['a lone continuation byte', '/%bc'],
    ['an encoded surrogate', '/%ed%a0%80'],
    ['beyond Unicode', '/%f4%90%80%80'],
    ['Latin-1', '/%fc'],
    ['fullwidth dots', '/a/%EF%BC%8E%EF%BC%8E/b'],
    ['a fullwidth slash', '/a%EF%BC%8Fb'],
    ['a fullwidth backslash', '/a%EF%BC%BCb'],
    ['a fullwidth semicolon', '/a%EF%BC%9Bb'],
    ['a two-dot leader', '/a/%E2%80%A5/b'],
    ['a character that becomes a slash between others', '/a%E2%84%80b'],
  ])('%s: %j', (_, path) => {
    expect(canonicalPath(path)).toBeUndefined();
  });
});

describe('a path has one canonical form', () => {
  it.each([
    ['/', '/'],
    ['/a', '/a'],
    ['/a/', '/a/'],
    ['/A/a', '/A/a'],
    ['/%61%41%7E%2d%5f', '/aA~-_'],
    ['/a%3ab%40c', '/a:b@c'],
    ["/!$&'()*+,=:@", "/!$&'()*+,=:@"],
    ['/%21%24%26%27%28%29%2a%2b%2c%3d', "/!$&'()*+,="],
    ['/a%20b', '/a%20b'],
    ['/%c3%bc', '/%C3%BC'],
    ['/%E2%82%AC', '/%E2%82%AC'],
    ['/[0]|{x}"<>^`', '/%5B0%5D%7C%7Bx%7D%22%3C%3E%5E%60'],
    ['/%5b0%5d', '/%5B0%5D'],
    ['/c%23', '/c%23'],
    ['/100%25', '/100%25'],
    ['/100%25x', '/100%25x'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a.b', '/a.b'],
    ['/...', '/...'],
    ['/a..', '/a..'],
    ['/..a', '/..a'],
    ['/%2e.a', '/..a'],
  ])('%s is %s', (path, canonical) => {
    expect(canonicalPath(path)).toBe(canonical);
  });
});

describe('for any path', () => {
  const path = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'a',
          'B',
          '.',
          '%2e',
          '%25',
          '%41',
          '%',
          '2',
          'e',
          ' ',
          ';',
          '\\',
          '%3a',
          ':',
          '%c3%bc',
          '*',
          '#',
          '[',
          '%23',
        ),
        fc.string({ unit: 'binary', maxLength: 2 }),
        fc.string({ unit: 'grapheme', maxLength: 3 }).map(encodeURIComponent),
      ),
      { maxLength: 8 },
    )
    .chain((parts) =>
      fc
        .array(fc.constantFrom('', '/'), { minLength: parts.length, maxLength: parts.length })
        .map((slashes) => `/${parts.map((part, at) => part + (slashes[at] ?? '')).join('')}`),
    );

  it('the canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(path, (raw) => {
        const canonical = canonicalPath(raw);
        if (canonical !== undefined) expect(canonicalPath(canonical)).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it('the canonical form has the slashes of the path and decodes to what it decodes to', () => {
    fc.assert(
      fc.property(path, (raw) => {
        const canonical = canonicalPath(raw);
        if (canonical === undefined) return;
        expect(canonical.split('/')).toHaveLength(raw.split('/').length);
        expect(decodeURIComponent(canonical)).toBe(decodeURIComponent(raw));
        expect(new URL(`http://example.com${canonical}`).pathname).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it('a path that is taken as it stands is taken so behind an escape, too, where all of it is read', () => {
    const part = fc.constantFrom(
      'a',
      'Z9',
      '.',
      '..',
      '...',
      '.a',
      '~',
      "!$&'()*+,=:@-_",
      ';',
      '#',
      '?',
      ' ',
      '%',
      '',
      '\u00fc',
    );
    const parts = fc.array(part, { maxLength: 5 });
    fc.assert(
      fc.property(parts, (rest) => {
        const behind = rest.map((text) => `/${text}`).join('');
        expect(canonicalPath(`/b${behind}`)).toBe(canonicalPath(`/%62${behind}`));
      }),
      { numRuns: 3000 },
    );
  });

  it('encoding a character that stands for itself changes nothing', () => {
    const plain = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '-', '_', '~', '!', '$', '&', "'", '(', ')', '*', '+', ',', '=', ':', '@'),
      minLength: 1,
    });
    fc.assert(
      fc.property(plain, (text) => {
        const encoded = Buffer.from(text).toString('hex').replace(/../g, '%$&');
        expect(canonicalPath(`/${encoded}`)).toBe(`/${text}`);
      }),
    );
  });
});
