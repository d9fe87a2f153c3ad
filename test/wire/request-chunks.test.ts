import { describe } from '@jest/globals';
import { chunked, ok, playAll, post, refused, served, smuggled, type Row } from './playing.js';

/** The head was fine, so the request may have begun when its body turns out not to be. */
const begins = { begins: 'POST /' };

const sizes: Row[] = (
  [
    ['in other digits', '0x3\r\nabc\r\n0\r\n\r\n'],
    ['below zero', '-3\r\nabc\r\n0\r\n\r\n'],
    ['with a plus', '+3\r\nabc\r\n0\r\n\r\n'],
    ['with a space in front', ' 3\r\nabc\r\n0\r\n\r\n'],
    ['with a tab in front', '\t3\r\nabc\r\n0\r\n\r\n'],
    ['with an underscore', '0_3\r\nabc\r\n0\r\n\r\n'],
    ['with NUL', '3\0\r\nabc\r\n0\r\n\r\n'],
    ['with a vertical tab', '3\x0b\r\nabc\r\n0\r\n\r\n'],
    ['with a high byte', '3\xa0\r\nabc\r\n0\r\n\r\n'],
    ['with a letter beyond F', '3g\r\nabc\r\n0\r\n\r\n'],
    ['with a comma', '3,3\r\nabc\r\n0\r\n\r\n'],
    ['with a second number', '3 3\r\nabc\r\n0\r\n\r\n'],
    ['missing', '\r\nabc\r\n0\r\n\r\n'],
    ['missing before an extension', ';a=b\r\nabc\r\n0\r\n\r\n'],
    ['of 17 digits', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
    ['of 17 digits f', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    ['that ends in a bare LF', '3\nabc\r\n0\r\n\r\n'],
    ['that ends in a bare CR', '3\rabc\r\n0\r\n\r\n'],
    ['that ends in CR CR LF', '3\r\r\nabc\r\n0\r\n\r\n'],
    ['that is less than its data', '2\r\nabc\r\n0\r\n\r\n'],
    ['that is more than its data', '4\r\nabc\r\n0\r\n\r\n'],
    ['without CRLF behind its data', '3\r\nabc0\r\n\r\n'],
    ['with a bare LF behind its data', '3\r\nabc\n0\r\n\r\n'],
    ['with a bare CR behind its data', '3\r\nabc\r0\r\n\r\n'],
    ['with LF CR behind its data', '3\r\nabc\n\r0\r\n\r\n'],
    ['zero that ends in a bare LF', '3\r\nabc\r\n0\n\r\n'],
    ['zero with a bare LF as the end', '3\r\nabc\r\n0\r\n\n'],
    ['zero with a bare CR as the end', '3\r\nabc\r\n0\r\n\rX'],
    ['with a bare LF in its extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
    ['with a bare LF that ends its extension', '3;a\nabc\r\n0\r\n\r\n'],
    ['with a bare CR in its extension', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
    ['with NUL in its extension', '3;a\0\r\nabc\r\n0\r\n\r\n'],
  ] as const
).map(([name, body]) => refused(name, 400, (way) => chunked(way, body), begins));

const trailers: Row[] = (
  [
    ['with a bare LF', '0\r\nX-A: b\n\r\n'],
    ['with NUL', '0\r\nX-A: b\0\r\n\r\n'],
    ['with a control in a name', '0\r\nX\x01A: b\r\n\r\n'],
    ['with a space before the colon', '0\r\nX-A : b\r\n\r\n'],
    ['without a colon', '0\r\nX-A\r\n\r\n'],
    ['with an empty name', '0\r\n: b\r\n\r\n'],
    ['with a bare CR', '0\r\nX-A: b\rc\r\n\r\n'],
    ['that end in a bare LF', '0\r\nX-A: b\r\n\n'],
  ] as const
).map(([name, body]) => refused(name, 400, (way) => chunked(way, body), begins));

const said = 'X-Said: a\r\nConnection: x-hop\r\nTransfer-Encoding: chunked\r\n';

const dropped: Row[] = (
  [
    ['Host', 'Host: other.example.com'],
    ['Authorization', 'Authorization: Bearer mine'],
    ['the place of the credential', 'X-Key: mine'],
    ['Cookie', 'Cookie: a=b'],
    ['Upgrade', 'Upgrade: websocket'],
    ['another path', 'X-Original-URL: /admin'],
    ['another path as CGI reads it', 'X_Original_URL: /admin'],
    ['the place of the credential as CGI reads it', 'X_Key: mine'],
    ['a condition', 'If-Match: "a"'],
    ['a range', 'Range: bytes=0-0'],
    ['a coding', 'Content-Encoding: gzip'],
    ['what a proxy adds', 'X-Forwarded-For: 127.0.0.1'],
    ['what Connection lists', 'X-Hop: b'],
    ['what was said ahead of the body', 'X-Said: b'],
  ] as const
).map(([name, trailer]) =>
  served(name, (way) => post(way, said, `3\r\nabc\r\n0\r\n${trailer}\r\n\r\n`), 'POST /\r\nX-Said: a\r\n\r\nabc'),
);

const passed: Row[] = (
  [
    ['one field', 'X-A: b', 'x-a: b'],
    ['fields of one name, in order', 'X-A: b\r\nX-C: d\r\nx-a: e', 'x-a: b\r\nx-c: d\r\nx-a: e'],
    [
      'digests of the content',
      'Content-Digest: sha-256=:YQ==:\r\nContent-MD5: YQ==',
      'content-digest: sha-256=:YQ==:\r\ncontent-md5: YQ==',
    ],
    ['beside some that do not', 'X-A: b\r\nAuthorization: Bearer mine\r\nX-C: d', 'x-a: b\r\nx-c: d'],
    ['an empty value', 'X-A:', 'x-a: '],
  ] as const
).map(([name, trailer, arrives]) =>
  served(
    name,
    (way) => chunked(way, `3\r\nabc\r\n0\r\n${trailer}\r\n\r\n`),
    `POST /\r\n\r\nabc\r\n\r\n(trailers)\r\n${arrives}`,
  ),
);

/** Fields that no trailer may hold (RFC 9110 section 6.5.1), and that say something of the framing. */
const framing: Row[] = (
  [
    ['Content-Length', 'Content-Length: 99'],
    ['Content-Length that is no length', 'Content-Length: x'],
    ['Transfer-Encoding', 'Transfer-Encoding: chunked'],
  ] as const
).map(([name, trailer]) =>
  served(name, (way) => chunked(way, `3\r\nabc\r\n0\r\n${trailer}\r\n\r\n`), 'POST /\r\n\r\nabc'),
);

const taken: Row[] = [
  served(
    'of several chunks',
    (way) => chunked(way, '1\r\na\r\nA\r\nbcdefghijk\r\n0\r\n\r\n'),
    'POST /\r\n\r\nabcdefghijk',
  ),
  served('of none', (way) => chunked(way, '0\r\n\r\n'), 'POST /'),
  served('with leading zeros', (way) => chunked(way, '0003\r\nabc\r\n000\r\n\r\n'), 'POST /\r\n\r\nabc'),
  served('with an extension', (way) => chunked(way, '3;a=b;c\r\nabc\r\n0;d\r\n\r\n'), 'POST /\r\n\r\nabc'),
  served('with a quoted extension', (way) => chunked(way, '3;a="b;c, d"\r\nabc\r\n0\r\n\r\n'), 'POST /\r\n\r\nabc'),
  served(
    'of data that looks like chunks',
    (way) => chunked(way, '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'),
    'POST /\r\n\r\n\r\n0\r\n\r\n',
  ),
];

const floods: Row[] = [
  refused('an extension of 40,000 bytes', 400, (way) => chunked(way, `3;${'a'.repeat(40_000)}\r\nabc\r\n0\r\n\r\n`), {
    ...begins,
    mayBeLost: true,
  }),
];

/** What ends too early has not come: nothing whole goes on, and the caller is let go. */
const early: Row[] = [
  {
    name: 'a body shorter than its length is no request',
    script: (way) => [
      'origin ~ POST /',
      `client > ${post(way, 'Content-Length: 10\r\n', 'abc')}`,
      'client closes',
      'client < refused 400 or cut',
      'client closed',
    ],
  },
  {
    name: 'chunks that stop are no request',
    script: (way) => [
      'origin ~ POST /',
      `client > ${chunked(way, '3\r\nabc\r\n')}`,
      'client closes',
      'client < refused 400 or cut',
      'client closed',
    ],
  },
  {
    name: 'trailers that stop are no request',
    script: (way) => [
      'origin ~ POST /',
      `client > ${chunked(way, '3\r\nabc\r\n0\r\nX-A: b\r\n')}`,
      'client closes',
      'client < refused 400 or cut',
      'client closed',
    ],
  },
  {
    name: 'a length longer than its body takes the next request for content, once',
    script: (way) => [
      `client > ${post(way, `Content-Length: ${smuggled(way).length + 3}\r\n`, `abc${smuggled(way)}`)}`,
      `origin < POST /\r\n\r\nabc${smuggled(way)}`,
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
];

describe('a chunk size: 400, close, and nothing whole is sent on', () => playAll(sizes));
describe('trailers that are malformed: 400, close, and nothing whole is sent on', () => playAll(trailers));
describe('trailers that only a header section may hold are not sent on', () => playAll(dropped));
describe('trailers that speak of framing are not sent on', () => playAll(framing));
describe('trailers are sent on behind the body', () => playAll(passed));
describe('chunks', () => playAll(taken));
describe('chunk floods', () => playAll(floods));
describe('a body that ends too early', () => playAll(early));
