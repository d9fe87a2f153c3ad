import { describe } from '@jest/globals';
import { breaks, passes, passesClosed } from './answering.js';
import { get, ok, playAll, type Row } from './playing.js';

const answer = (fields: string, body = ''): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const length = (value: string): string => `Content-Length: ${value}\r\n`;
const coding = (value: string): string => `Transfer-Encoding: ${value}\r\n`;
const chunks = (body: string): string => answer(coding('chunked'), body);
const end = '0\r\n\r\n';
const abc = 'HTTP/1.1 200 OK\r\n\r\nabc';
const injected = answer(length('6'), 'forged');

const lengths: Row[] = (
  [
    ['twice, not equal', `${length('3')}${length('9')}`],
    ['as a list of two', length('3, 9')],
    ['with a plus', length('+3')],
    ['below zero', length('-3')],
    ['in hexadecimal', length('0x3')],
    ['in other digits', length('3a')],
    ['with a space inside', length('3 3')],
    ['empty', 'Content-Length:\r\n'],
    ['with NUL', length('3\0')],
    ['with a vertical tab', length('\x0b3')],
    ['beyond 2^64', length('18446744073709551619')],
    ['beyond what can be counted', length('9007199254740993')],
    ['of leading zeros', length('003')],
    ['twice, equal', `${length('3')}${length('3')}`],
    ['as a list of equals', length('3, 3')],
    ['beside chunked', `${length('3')}${coding('chunked')}`],
    ['behind chunked', `${coding('chunked')}${length('3')}`],
    ['beside an unknown coding', `${length('3')}${coding('xchunked')}`],
    ['beside an empty coding', `${length('3')}Transfer-Encoding:\r\n`],
  ] as const
).map(([name, fields]) => breaks(name, answer(fields, `abc${end}`), { closes: true }));

const codings: Row[] = (
  [
    ['xchunked', coding('xchunked')],
    ['gzip', coding('gzip')],
    ['gzip, chunked', coding('gzip, chunked')],
    ['chunked, gzip', coding('chunked, gzip')],
    ['a vertical tab before chunked', coding('\x0bchunked')],
    ['NUL behind chunked', coding('chunked\0')],
    ['folded', 'Transfer-Encoding:\r\n chunked, x\r\n'],
  ] as const
).map(([name, fields]) => breaks(name, answer(fields, `3\r\nabc\r\n${end}`), { closes: true }));
codings.push(
  breaks('chunked in HTTP/1.0', `HTTP/1.0 200 OK\r\n${coding('chunked')}\r\n3\r\nabc\r\n${end}`, { closes: true }),
);

const sizes: Row[] = (
  [
    ['in other digits', '0x3\r\nabc\r\n0\r\n\r\n'],
    ['below zero', '-3\r\nabc\r\n0\r\n\r\n'],
    ['with a plus', '+3\r\nabc\r\n0\r\n\r\n'],
    ['with a space in front', ' 3\r\nabc\r\n0\r\n\r\n'],
    ['missing', '\r\nabc\r\n0\r\n\r\n'],
    ['of 17 digits', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
    ['that ends in a bare LF', '3\nabc\r\n0\r\n\r\n'],
    ['that ends in a bare CR', '3\rabc\r\n0\r\n\r\n'],
    ['less than its data', '2\r\nabc\r\n0\r\n\r\n'],
    ['more than its data', '4\r\nabc\r\n0\r\n\r\n'],
    ['without CRLF behind its data', '3\r\nabc0\r\n\r\n'],
    ['with a bare LF behind its data', '3\r\nabc\n0\r\n\r\n'],
    ['with NUL', '3\0\r\nabc\r\n0\r\n\r\n'],
    ['with a bare LF in its extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
    ['zero that ends in a bare LF', '3\r\nabc\r\n0\n\r\n'],
    ['zero and a bare LF', '3\r\nabc\r\n0\r\n\n'],
    ['with a trailer that has no colon', '3\r\nabc\r\n0\r\nX\r\n\r\n'],
    ['with NUL in a trailer', '3\r\nabc\r\n0\r\nX: \0\r\n\r\n'],
  ] as const
).map(([name, body]) => breaks(name, chunks(body), { closes: true }));

const truncated: Row[] = (
  [
    ['in its status line', 'HTTP/1.1 20'],
    ['before anything', ''],
    ['in its head', 'HTTP/1.1 200 OK\r\nX-A: b'],
    ['before its head ends', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n'],
    ['before its content', answer(length('10'))],
    ['in its content', answer(length('10'), 'abc')],
    ['one byte before the end', answer(length('4'), 'abc')],
    ['before its chunks', chunks('')],
    ['in a chunk size', chunks('3\r\nabc\r\n1')],
    ['in a chunk', chunks('9\r\nabc')],
    ['between chunks', chunks('3\r\nabc\r\n')],
    ['before the last CRLF', chunks('3\r\nabc\r\n0\r\n')],
    ['in its trailers', chunks('3\r\nabc\r\n0\r\nX-A: b\r\n')],
    ['behind 100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['behind 103', 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n'],
  ] as const
).map(([name, bytes]) => breaks(name, bytes, { closes: true, asked: 'POST' }));

/**
 * A connection that was used before may have been closed in passing (RFC 9110 section 9.2.2): a safe request goes out once more where
 * nothing at all had come on it. Whatever came, it had been read, and is not repeated.
 */
const again: Row[] = (
  [
    ['no byte: sent twice, and no more', '', 2],
    ['half a head: sent once', 'HTTP/1.1 200 OK\r\nX-A: b', 1],
    ['one byte: sent once', 'H', 1],
    ['100 alone: sent once', 'HTTP/1.1 100 Continue\r\n\r\n', 1],
  ] as const
).map(([name, bytes, times]) => ({
  name,
  script: (way) => [
    `client > ${get(way, '', '/before')}`,
    'origin < GET /before',
    `origin > ${ok}`,
    'client < HTTP/1.1 200 OK\r\n\r\nok',
    `client > ${get(way)}`,
    ...Array.from({ length: times }, () => [
      'origin < GET /',
      ...(bytes === '' ? [] : [`origin > ${bytes}`]),
      'origin closes',
    ]).flat(),
    'client cut',
  ],
}));

/** More than was asked for: the caller gets its answer, and the rest is nobody's. */
const surplus: Row[] = [
  passes('a second answer', `${answer(length('3'), 'abc')}${injected}`, abc),
  passes('a second answer behind chunks', `${chunks(`3\r\nabc\r\n${end}`)}${injected}`, abc),
  passes('a second answer behind none', `${answer(length('0'))}${injected}`, 'HTTP/1.1 200 OK'),
  passes('a second answer that is no HTTP', `${answer(length('3'), 'abc')}NONSENSE\r\n\r\n`, abc),
  passes('half a second answer', `${answer(length('3'), 'abc')}HTTP/1.1 200 OK\r\nX-A: `, abc),
  passes('a 100 behind the answer', `${answer(length('3'), 'abc')}HTTP/1.1 100 Continue\r\n\r\n`, abc),
  passes('content longer than its length', answer(length('3'), 'abcdef'), abc),
  passes(
    'a second answer to HEAD',
    `${answer(length('6'))}${injected}`,
    'HTTP/1.1 200 OK\r\nContent-Length: 6',
    'HEAD',
  ),
  passes('content in an answer to HEAD', answer(length('3'), 'abc'), 'HTTP/1.1 200 OK\r\nContent-Length: 3', 'HEAD'),
  passes('content in a 204', `HTTP/1.1 204 No Content\r\n\r\nabc`, 'HTTP/1.1 204 No Content'),
  passes(
    'a length and content in a 204',
    `HTTP/1.1 204 No Content\r\n${length('3')}\r\nabc`,
    'HTTP/1.1 204 No Content',
  ),
  passes(
    'a length and content in a 304',
    `HTTP/1.1 304 Not Modified\r\n${length('3')}\r\nabc`,
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 3',
  ),
  passes('a second answer behind a 304', `HTTP/1.1 304 Not Modified\r\n\r\n${injected}`, 'HTTP/1.1 304 Not Modified'),
  passes('a second answer behind a 204', `HTTP/1.1 204 No Content\r\n\r\n${injected}`, 'HTTP/1.1 204 No Content'),
  passes(
    'chunks in a 304',
    `HTTP/1.1 304 Not Modified\r\n${coding('chunked')}\r\n3\r\nabc\r\n${end}`,
    'HTTP/1.1 304 Not Modified',
  ),
  passes(
    'chunks in a 204',
    `HTTP/1.1 204 No Content\r\n${coding('chunked')}\r\n3\r\nabc\r\n${end}`,
    'HTTP/1.1 204 No Content',
  ),
];

const taken: Row[] = [
  passes('of a length', answer(length('3'), 'abc'), abc),
  passes('of zero', answer(length('0')), 'HTTP/1.1 200 OK'),
  passes('of chunks', chunks(`1\r\na\r\n2\r\nbc\r\n${end}`), abc),
  passes('of chunks in capitals', answer(coding('CHUNKED'), `3\r\nabc\r\n${end}`), abc),
  passes('of chunks with extensions', chunks('3;a=b;c="d"\r\nabc\r\n0;e\r\n\r\n'), abc),
  passes('of content that looks like an answer', answer(length(`${ok.length}`), ok), `HTTP/1.1 200 OK\r\n\r\n${ok}`),
  passes(
    'of chunks that look like an answer',
    chunks(`${ok.length.toString(16)}\r\n${ok}\r\n${end}`),
    `HTTP/1.1 200 OK\r\n\r\n${ok}`,
  ),
  passesClosed('of what comes until the end of the connection', answer(''), 'HTTP/1.1 200 OK'),
  passesClosed('of content until the end of the connection', answer('', 'abc'), abc),
  passesClosed('of content in HTTP/1.0 until the end', `HTTP/1.0 200 OK\r\n\r\nabc`, abc),
  passesClosed('of a length with Connection: close', answer(`${length('3')}Connection: close\r\n`, 'abc'), abc),
  passes('of a length in HTTP/1.0', `HTTP/1.0 200 OK\r\n${length('3')}\r\nabc`, abc),
  passes('to HEAD with a length', answer(length('9')), 'HTTP/1.1 200 OK\r\nContent-Length: 9', 'HEAD'),
  passes('to HEAD with chunks', answer(coding('chunked')), 'HTTP/1.1 200 OK', 'HEAD'),
  passes(
    '304 with a length',
    `HTTP/1.1 304 Not Modified\r\n${length('9')}\r\n`,
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 9',
  ),
  passes('of a length with a tab behind', answer('Content-Length: 3\t\r\n', 'abc'), abc),
  passes('without a Content-Length from its trailers', chunks('3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n'), abc),
  passes('204', 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 204 No Content'),
];

const reuse: Row = {
  name: 'a connection that is kept serves the next request, and only that',
  script: (way) => [
    ...['one', 'two', 'three'].flatMap((body) => [
      `client > ${get(way, '', `/${body}`)}`,
      `origin < GET /${body}`,
      `origin > ${answer(length(`${body.length}`), body)}`,
      `client < HTTP/1.1 200 OK\r\n\r\n${body}`,
    ]),
    'client open',
  ],
};

describe('an answer whose length could be read twice breaks', () => playAll(lengths));
describe('an answer in another coding breaks', () => playAll(codings));
describe('an answer with a malformed chunk breaks', () => playAll(sizes));
describe('an answer that ends too early breaks', () => playAll(truncated));
describe('a safe request on a used connection that ends after', () => playAll(again));
describe('more than the answer: nobody gets it', () => playAll(surplus));
describe('an answer passes', () => playAll([...taken, reuse]));
