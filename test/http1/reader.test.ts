import { describe, expect, it } from '@jest/globals';
import { MessageReader } from '../../src/http1/reader.js';
import { bytewise, cut, latin1, readAll } from './events.js';
import { bytesTouched } from './work.js';

const head = 'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n';

describe('a request that has more than one reading is refused', () => {
  it.each([
    ['a bare LF after the request line', 'GET / HTTP/1.1\nHost: a.test\r\n\r\n'],
    ['a bare LF after a field', 'GET / HTTP/1.1\r\nHost: a.test\n\r\n\r\n'],
    ['a bare LF at the end', 'GET / HTTP/1.1\r\nHost: a.test\r\n\n'],
    ['a bare LF before it', `\n${head}`],
    ['a bare CR before it', `\r${head}`],
    ['a space before it', ` ${head}`],
    ['NUL before it', `\0${head}`],
    ['a bare CR in a value', 'GET / HTTP/1.1\r\nX: a\rb\r\n\r\n'],
    ['a CR before the CRLF', 'GET / HTTP/1.1\r\nX: a\r\r\n\r\n'],
    ['a bare CR in the request line', 'GET /\r HTTP/1.1\r\nX: a\r\n\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n'],
    ['a field before the request line', 'X: a\r\nGET / HTTP/1.1\r\n\r\n'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01'],
    ['a high byte before it', `\xff${head}`],
  ])('%s, in one piece and byte by byte', (_, text) => {
    expect(readAll([latin1(text)], { closes: true })).toMatchObject({ refused: true });
    expect(readAll(bytewise(latin1(text)), { closes: true })).toMatchObject({ refused: true });
  });

  it.each([
    ['a TLS handshake', '\x16'],
    ['a bare LF', '\n'],
    ['a bare LF in a second piece', 'GET / HTTP/1.1', '\n'],
    ['a bare LF behind a CR of its own', 'GET / HTTP/1.1\r', '\r', '\n', 'a\n'],
  ])('%s at once, not when its end has come', (_, ...pieces) => {
    expect(readAll(pieces.map(latin1))).toMatchObject({ refused: true });
  });

  it.each([1, 30, 60])('a head larger than the limit, as soon as that is known (pieces of %i bytes)', (size) => {
    const bytes = latin1(`GET / HTTP/1.1\r\nX: ${'a'.repeat(200)}`);
    const places = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => i * size);
    expect(readAll(cut(bytes, places), { mostHeadBytes: 100 })).toMatchObject({ refused: true, messages: [] });
  });

  it('a connection that ends inside a head or a body', () => {
    for (const text of ['G', 'GET / HTTP/1.1\r\n\r', 'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab'])
      expect(readAll([latin1(text)], { closes: true }).refused).toBe(true);
  });
});

describe('the reader of a connection', () => {
  it.each([
    ['exactly as large as the limit', 0, false],
    ['one byte larger', 1, true],
  ])('takes a head that is %s the same way in one piece and byte by byte', (_, more, refused) => {
    const bytes = latin1(`GET / HTTP/1.1\r\nX: ${'a'.repeat(81 + more)}\r\n\r\n`);
    expect(readAll([bytes], { mostHeadBytes: 100 }).refused).toBe(refused);
    expect(readAll(bytewise(bytes), { mostHeadBytes: 100 }).refused).toBe(refused);
  });

  it('reads over empty lines before a request, and not before an answer', () => {
    expect(readAll(bytewise(latin1(`\r\n\r\n${head}`))).messages).toHaveLength(1);
    expect(readAll([latin1('\r\nHTTP/1.1 200 OK\r\n\r\n')], { answersTo: 'GET' }).refused).toBe(true);
  });

  it('ends cleanly between two messages, also behind an empty line', () => {
    expect(readAll([latin1(`${head}\r\n`)], { closes: true }).refused).toBe(false);
  });

  it('does not take the beginning of a head for what came behind a message', () => {
    const reader = new MessageReader(
      { onHead: () => ({ kind: 'none' }), onData: () => undefined, onEnd: () => undefined },
      { mostHeadBytes: 100, skipsEmptyLines: false },
    );
    reader.next();
    reader.push(latin1('HTTP/1.1 200 OK\r\nX'));
    expect([reader.hasRest, reader.inMessage]).toEqual([false, true]);
    reader.push(latin1(': a\r\n\r\nrest'));
    expect([reader.hasRest, reader.inMessage]).toEqual([true, false]);
    expect(reader.takeRest().toString()).toBe('rest');
    expect(reader.hasRest).toBe(false);
  });

  it('keeps what came behind a message though the memory it was read into is used again', () => {
    const reader = new MessageReader(
      { onHead: () => ({ kind: 'none' }), onData: () => undefined, onEnd: () => undefined },
      { mostHeadBytes: 100, skipsEmptyLines: false },
    );
    reader.next();
    const lent = latin1('HTTP/1.1 200 OK\r\n\r\nbehind');
    reader.push(lent);
    lent.fill('!');
    reader.push(lent.subarray(0, lent.write(' it')));
    lent.fill('!');
    expect(reader.takeRest().toString()).toBe('behind it');
  });

  it('reads an answer without a length up to the end of the connection', () => {
    const { messages, refused } = readAll([latin1('HTTP/1.0 200 OK\r\n\r\nabc'), latin1('def')], {
      answersTo: 'GET',
      closes: true,
    });
    expect(refused).toBe(false);
    expect(messages).toMatchObject([{ body: 'abcdef', ended: true }]);
  });

  it('stops where it is told to, and gives back what came behind', () => {
    const reader = new MessageReader(
      { onHead: () => 'stop', onData: () => undefined, onEnd: () => undefined },
      { mostHeadBytes: 100, skipsEmptyLines: true },
    );
    reader.next();
    for (const piece of cut(latin1('CONNECT a.test:443 HTTP/1.1\r\n\r\n\x16\x03'), [20, 30])) reader.push(piece);
    reader.push(latin1('\x01'));
    expect(reader.takeRest().toString('latin1')).toBe('\x16\x03\x01');
  });
});

describe('the work of the reader grows with what it reads, not with its square', () => {
  const of = (size: number): Record<string, Buffer[]> => ({
    'a head byte by byte': bytewise(latin1(`GET / HTTP/1.1\r\nX: ${'a'.repeat(size)}\r\n\r\n`)),
    'a head of lines byte by byte': bytewise(latin1(`GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(size / 6)}\r\n`)),
    'a head of CRs and LFs that are none': bytewise(latin1(`GET / HTTP/1.1\r\n${'a:\r\n'.repeat(size / 4)}`)),
    'empty lines byte by byte': bytewise(latin1('\r\n'.repeat(size / 2))),
    'many requests in one piece': [latin1('GET / HTTP/1.1\r\n\r\n'.repeat(size / 18))],
    'chunks of one byte in one piece': [
      latin1(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(size / 6)}0\r\n\r\n`),
    ],
    'chunks of one byte, byte by byte': bytewise(
      latin1(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(size / 6)}0\r\n\r\n`),
    ),
    'a trailer byte by byte': bytewise(
      latin1(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${'a'.repeat(size)}\r\n\r\n`),
    ),
  });

  it.each(Object.keys(of(1)))('%s', (name) => {
    const work = (size: number): number => {
      const pieces = of(size)[name] as Buffer[];
      return bytesTouched(() => readAll(pieces, { mostHeadBytes: 1 << 20 }));
    };
    const [small, large] = [work(2400), work(24_000)];
    expect(small).toBeGreaterThan(0);
    expect(large / small).toBeLessThan(15);
  });
});
