import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AwsChunkedReader } from '../../../src/inject/sigv4/aws-chunked.js';
import { cut, signedChunks } from './signing.js';

const signature = 'a'.repeat(64);
const size = (hex: string): string => `${hex};chunk-signature=${signature}\r\n`;
const trailer = 'x-amz-checksum-crc32';
const sum = `${trailer}:AAAAAA==\r\n`;
const seal = `x-amz-trailer-signature:${signature}\r\n`;

function read(pieces: readonly (Buffer | string)[], length: number, announced?: string) {
  const read: Buffer[] = [];
  let checksum: string | undefined;
  const reader = new AwsChunkedReader(
    { onData: (piece) => read.push(Buffer.from(piece)), onEnd: (value) => (checksum = value) },
    { length, trailer: announced },
  );
  const failure = ((): unknown => {
    try {
      for (const piece of pieces) reader.push(Buffer.from(piece as string, 'latin1'));
      reader.end();
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  return { content: Buffer.concat(read), checksum, failure };
}

const malformed = expect.objectContaining({ code: 'bad_request' });

describe('a body in signed chunks that lies', () => {
  const lies: [what: string, body: string, length: number, announced?: string][] = [
    ['longer than stated, by a chunk', `${size('3')}abc\r\n${size('1')}d\r\n${size('0')}\r\n`, 3],
    ['longer than stated, at once', `${size('ffffffffffff')}abc`, 3],
    ['a size beyond what can be counted', `${size('ffffffffffffffff')}abc`, 3],
    ['a size of seventeen digits', `${size('00000000000000003')}abc\r\n`, 3],
    ['shorter than stated', `${size('2')}ab\r\n${size('0')}\r\n`, 3],
    ['no end', `${size('3')}abc\r\n`, 3],
    ['half an end', `${size('3')}abc\r\n${size('0')}`, 3],
    ['an end in the middle of a chunk', `${size('3')}ab`, 3],
    ['nothing', '', 0],
    ['a chunk that is longer than its size', `${size('2')}abc\r\n${size('0')}\r\n`, 2],
    ['something behind its end', `${size('0')}\r\nGET / HTTP/1.1\r\n\r\n`, 0],
    ['a negative size', `-1;chunk-signature=${signature}\r\n`, 3],
    ['a size with a space', ` ${size('3')}abc\r\n`, 3],
    ['no size', size(''), 3],
    ['no signature', '3\r\nabc\r\n0\r\n\r\n', 3],
    ['half a signature', `3;chunk-signature=${signature.slice(1)}\r\nabc\r\n`, 3],
    ['another extension', `3;a=b\r\nabc\r\n`, 3],
    ['two extensions', `3;chunk-signature=${signature};a=b\r\nabc\r\n`, 3],
    ['a signature without end', `3;chunk-signature=${'a'.repeat(300)}`, 3],
    ['a bare LF', `3;chunk-signature=${signature}\nabc\n`, 3],
    ['a bare LF behind a chunk', `${size('3')}abc\n${size('0')}\r\n`, 3],
    ['a trailer that was not announced', `${size('0')}${sum}${seal}\r\n`, 0],
    ['no trailer, though it was announced', `${size('0')}\r\n`, 0, trailer],
    ['no signature of the trailer', `${size('0')}${sum}\r\n`, 0, trailer],
    ['another trailer', `${size('0')}x-evil:AAAAAA==\r\n${seal}\r\n`, 0, trailer],
    ['one trailer twice', `${size('0')}${sum}${sum}${seal}\r\n`, 0, trailer],
    ['the signature of the trailer twice', `${size('0')}${sum}${seal}${seal}\r\n`, 0, trailer],
    ['a trailer that is no base64', `${size('0')}${trailer}:a b\r\n${seal}\r\n`, 0, trailer],
    ['a trailer of 200 characters', `${size('0')}${trailer}:${'A'.repeat(200)}\r\n`, 0, trailer],
    ['a trailer without end', `${size('0')}${trailer}:${'A'.repeat(400)}`, 0, trailer],
    ['something behind its trailer', `${size('0')}${sum}${seal}\r\nx`, 0, trailer],
  ];

  it.each(lies.map(([what, ...lie]) => ({ what, lie })))('is refused: $what', ({ lie: [body, length, announced] }) => {
    for (const pieces of [[body], Array.from(body)]) {
      const { content, failure } = read(pieces, length, announced);
      expect(failure).toEqual(malformed);
      expect(content.length).toBeLessThanOrEqual(length);
    }
  });
});

describe('a body in signed chunks', () => {
  const content = randomBytes(50_000);

  it.each([1, 3, 64, 1000, 100_000])('is read in pieces of %d bytes', (pieces) => {
    const body = signedChunks(content, { size: 8192, trailer: [trailer, 'AAAAAA=='] });
    const { failure, checksum, ...rest } = read(cut(body, pieces), content.length, trailer);
    expect(failure).toBeUndefined();
    expect(checksum).toBe('AAAAAA==');
    expect(rest.content.equals(content)).toBe(true);
  });

  it('has sizes in small and capital hex, with zeros before them', () => {
    const { content: got, failure } = read(
      [`${size('00A')}0123456789\r\n${size('b')}0123456789a\r\n${size('0')}\r\n`],
      21,
    );
    expect([failure, got.toString()]).toEqual([undefined, '01234567890123456789a']);
  });

  it('may have the signature of its trailer before it', () => {
    expect(read([`${size('0')}${seal}${sum}\r\n`], 0, trailer)).toMatchObject({
      failure: undefined,
      checksum: 'AAAAAA==',
    });
  });
});
