import { describe, expect, it } from '@jest/globals';
import { chunkHead, requestLine, writeFields, writeHead } from '../../src/http1/write.js';

describe('what would become two messages is not written', () => {
  it.each([
    ['CRLF in a value', () => writeFields(['X', 'a\r\nY: b'])],
    ['a bare LF in a value', () => writeFields(['X', 'a\nb'])],
    ['NUL in a value', () => writeFields(['X', '\0'])],
    ['a character that is no Latin-1', () => writeFields(['X', '\u010a'])],
    ['an empty name', () => writeFields(['', 'a'])],
    ['a colon in a name', () => writeFields(['X:', 'a'])],
    ['CRLF in a start line', () => writeHead('HTTP/1.1 200 OK\r\nX: a', [])],
    ['a space in a target', () => requestLine('GET', '/a b')],
    ['CRLF in a target', () => requestLine('GET', '/a\r\n')],
    ['an empty target', () => requestLine('GET', '')],
    ['a high byte in a target', () => requestLine('GET', '/\xe4')],
    ['a space in a method', () => requestLine('GET /', '/')],
    ['an empty method', () => requestLine('', '/')],
  ])('%s', (_, write) => {
    expect(write).toThrow(TypeError);
  });
});

describe('what is written', () => {
  it('is a head', () => {
    expect(writeHead(requestLine('GET', '/a?b'), ['X', 'a', 'X', ''])).toBe('GET /a?b HTTP/1.1\r\nX: a\r\nX: \r\n\r\n');
    expect(writeHead('HTTP/1.1 200 \xe4', [])).toBe('HTTP/1.1 200 \xe4\r\n\r\n');
  });

  it('stands before a chunk in hexadecimal digits', () => {
    expect(chunkHead(0x1af)).toBe('1af\r\n');
  });
});
