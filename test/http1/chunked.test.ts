import { describe, expect, it } from '@jest/globals';
import { ChunkedReader } from '../../src/http1/chunked.js';
import { Malformed } from '../../src/http1/malformed.js';
import { bytewise, latin1 } from './events.js';

/** The body, its trailers and what came behind it. */
function read(
  pieces: readonly Buffer[],
  mostTrailerBytes = 100,
): { body: string; trailers?: string[]; behind?: string } {
  const told: { body: string; trailers?: string[]; behind?: string } = { body: '' };
  const reader = new ChunkedReader(
    { onData: (piece) => (told.body += piece.toString('latin1')), onEnd: (trailers) => (told.trailers = trailers) },
    mostTrailerBytes,
  );
  for (const piece of pieces) {
    const end = reader.read(piece, 0);
    if (end !== undefined) told.behind = piece.toString('latin1', end);
  }
  return told;
}

describe('a chunked body that could be read twice', () => {
  it.each([
    ['a bare LF after a size', '3\nabc\r\n0\r\n\r\n'],
    ['a bare LF after a chunk', '3\r\nabc\n0\r\n\r\n'],
    ['a bare LF in an extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
    ['a bare CR in an extension', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
    ['a bare LF at its end', '0\r\n\n'],
    ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
    ['a chunk shorter than its size', '3\r\nab\r\n0\r\n\r\n'],
    ['no size', '\r\nabc\r\n'],
    ['a sign', '+3\r\nabc\r\n'],
    ['a minus', '-1\r\n'],
    ['0x', '0x3\r\nabc\r\n'],
    ['a space before a size', ' 3\r\nabc\r\n'],
    ['a space after a size', '3 \r\nabc\r\n'],
    ['an underscore', '1_0\r\n'],
    ['no hexadecimal digit', 'g\r\n'],
    ['more than a safe integer', '20000000000000\r\n'],
    ['17 digits', `${'0'.repeat(16)}1\r\n`],
    ['NUL in an extension', '3;\0\r\nabc\r\n'],
    ['a folded trailer', '0\r\nX: a\r\n b\r\n\r\n'],
    ['a trailer that is no field', '0\r\nGET / HTTP/1.1\r\n\r\n'],
    ['a bare CR in a trailer', '0\r\nX: a\rY: b\r\n\r\n'],
  ])('with %s is refused', (_, text) => {
    expect(() => read([latin1(text)])).toThrow(Malformed);
    expect(() => read(bytewise(latin1(text)))).toThrow(Malformed);
  });

  it.each([
    ['a size line without end', `3;${'a'.repeat(1100)}`],
    ['extensions that carry more than the body', `1;${'a'.repeat(1000)}\r\na\r\n`.repeat(17)],
    ['a trailer without end', `0\r\nX: ${'a'.repeat(200)}`],
    ['trailers without end', `0\r\n${'X: a\r\n'.repeat(20)}`],
  ])('is refused for %s', (_, text) => {
    expect(() => read([latin1(text)])).toThrow(Malformed);
    expect(() => read(bytewise(latin1(text)))).toThrow(Malformed);
  });
});

describe('a chunked body', () => {
  it('is read with its trailers, without its extensions, and ends where it ends', () => {
    const text = '3;a="b"\r\nabc\r\n0a\r\n0123456789\r\n00\r\nX: a\r\nY:\r\n\r\nbehind';
    expect(read([latin1(text)])).toEqual({ body: 'abc0123456789', trailers: ['X', 'a', 'Y', ''], behind: 'behind' });
  });

  it('of one whole piece passes on that piece itself', () => {
    const piece = latin1('abc');
    let told: Buffer | undefined;
    const reader = new ChunkedReader({ onData: (data) => (told = data), onEnd: () => undefined }, 100);
    reader.read(latin1('3\r\n'), 0);
    reader.read(piece, 0);
    expect(told).toBe(piece);
  });
});
