import { describe } from '@jest/globals';
import { declined, get, playAll, post, refused, served, tunnels, type Bytes, type Row } from './playing.js';

const line =
  (text: string): Bytes =>
  (way) =>
    `${text}\r\n${way.head}\r\n`;
const only = { only: tunnels };
const fields =
  (text: string): Bytes =>
  (way) =>
    get(way, text);

const ends: Row[] = [
  refused('all lines end in a bare LF', 400, (way) => get(way).replaceAll('\r', '')),
  refused('the request line ends in a bare LF', 400, (way) => get(way).replace('\r', '')),
  refused('a field line ends in a bare LF', 400, (way) => get(way, 'X-A: b\n')),
  refused('the head ends in a bare LF', 400, (way) => get(way).replace(/\r\n$/, '\n')),
  refused('the head ends in LF CR LF', 400, (way) => get(way).replace(/\r\n\r\n$/, '\n\r\n')),
  refused('a bare CR ends the request line', 400, (way) => get(way).replace('\n', '')),
  refused('a bare CR ends a field line', 400, fields('X-A: b\rX-C: d\r\n')),
  refused('a bare CR in a field value', 400, fields('X-A: b\rd\r\n')),
  refused('two CRs before a LF', 400, fields('X-A: b\r\r\n')),
  refused('the head ends in CR CR LF', 400, (way) => get(way).replace(/\r\n$/, '\r\r\n')),
  refused('a bare CR before the head ends', 400, fields('\rX-A: b\r\n')),
  refused('a bare LF in a field value hides a field', 400, fields('X-A: b\nTransfer-Encoding: chunked\r\n')),
];

const names: Row[] = [
  ...(
    [
      ['NUL in a name', 'X\0A: b\r\n'],
      ['a control in a name', 'X\x01A: b\r\n'],
      ['DEL in a name', 'X\x7fA: b\r\n'],
      ['a byte over 0x7F in a name', 'X\xe9A: b\r\n'],
      ['a space in a name', 'X A: b\r\n'],
      ['a bracket in a name', 'X(A): b\r\n'],
      ['a slash in a name', 'X/A: b\r\n'],
      ['quotes around a name', '"X-A": b\r\n'],
      ['a space before the colon', 'X-A : b\r\n'],
      ['a tab before the colon', 'X-A\t: b\r\n'],
      ['an empty name', ': b\r\n'],
      ['no colon', 'X-A\r\n'],
      ['spaces only', '  \r\n'],
      ['NUL in a value', 'X-A: b\0c\r\n'],
      ['a control in a value', 'X-A: b\x01c\r\n'],
      ['an escape in a value', 'X-A: \x1b[31m\r\n'],
      ['DEL in a value', 'X-A: b\x7f\r\n'],
      ['a vertical tab in a value', 'X-A: \x0bb\r\n'],
      ['a folded value', 'X-A: b\r\n c\r\n'],
      ['a value folded by a tab', 'X-A: b\r\n\tc\r\n'],
      ['an empty fold', 'X-A: b\r\n \r\n'],
      ['a folded Host', 'X-A:\r\n Host: b\r\n'],
    ] as const
  ).map(([name, text]) => refused(name, 400, fields(text))),
  refused('a space before the first field', 400, (way) => get(way).replace('\r\nHost', '\r\n Host')),
  refused('a tab before the first field', 400, (way) => get(way).replace('\r\nHost', '\r\n\tHost')),
  refused('a first line that is folded', 400, (way) => get(way).replace('\r\nHost', '\r\n x\r\nHost')),
];

const versions: Row[] = [
  ...[
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/0.9',
    'HTTP/3.0',
    'HTTP/2',
    'HTTP/1',
    'HTTP/1.',
    'HTTP/1.10',
    'HTTP/11.1',
    'HTTP/01.1',
  ]
    .concat([
      'http/1.1',
      'HTTPS/1.1',
      'ICE/1.0',
      'RTSP/1.0',
      'RTSP/1.1',
      'HTTP 1.1',
      'HTTP/1,1',
      'HTTP/1.1x',
      'HTTP/+1.1',
      'HTTP/1.1\0',
      '',
    ])
    .map((version) =>
      refused(`the version ${JSON.stringify(version)}`, 400, (way) => get(way).replace('HTTP/1.1', version)),
    ),
  refused('no version and no space', 400, (way) => get(way).replace(' HTTP/1.1', '')),
  refused('HTTP/0.9 with a line alone', 400, (way) => `GET ${way.at('/')}\r\n`),
  refused('the preface of HTTP/2', 400, () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refused('TLS inside', 400, () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', { only: ['TLS tunnel'] }),
  refused('a line of an answer', 400, () => 'HTTP/1.1 200 OK\r\n\r\n'),
];

const methods: Row[] = [
  ...['get', 'Get', 'GE T', 'GET\t', 'G\0T', 'GET,', 'G(T', '"GET"', '@', 'G\xc9T', '-GET'].map((method) =>
    refused(`the method ${JSON.stringify(method)}`, 400, (way) => get(way).replace('GET', method)),
  ),
  refused('a very long method', 400, (way) => get(way).replace('GET', 'G'.repeat(5000)), { mayBeLost: true }),
  refused('no method', 400, (way) => get(way).replace('GET ', '')),
  refused('a space before the method', 400, (way) => ` ${get(way)}`),
  refused('CONNECT inside a tunnel', 400, line('CONNECT api.example.com:443 HTTP/1.1'), only),
  declined('TRACE', 405, (way) => get(way).replace('GET', 'TRACE')),
];

const targets: Row[] = [
  ...[
    ['a fragment', '/a#b'],
    ['an empty fragment', '/a#'],
    ['authority form', 'api.example.com:443'],
    ['authority form without a port', 'api.example.com'],
    ['an asterisk in a GET', '*'],
    ['an asterisk and more', '*/a'],
    ['a query alone', '?a=b'],
    ['no slash in front', 'a'],
    ['a scheme of another kind', 'ftp://api.example.com/'],
    ['a scheme without slashes', 'https:api.example.com/'],
    ['a backslash in front', '\\a'],
    ['a high byte', '/\xe9'],
    ['NUL', '/a\0b'],
    ['a control', '/a\x01b'],
    ['a tab', '/a\tb'],
    ['a form feed', '/a\x0cb'],
    ['DEL', '/a\x7fb'],
    ['a space', '/a b'],
    ['a second version', '/ HTTP/1.1 x'],
    ['a bare CR', '/a\rb'],
    ['nothing', ''],
    ['a fragment in front', '#/a'],
  ].map(([name = '', target = '']) => refused(name, 400, line(`GET ${target} HTTP/1.1`), only)),
  refused('another host in absolute form', 400, line('GET https://user@api.example.com/ HTTP/1.1'), only),
  refused('an absolute form without a host', 400, line('GET https:///a HTTP/1.1'), only),
  refused('a target over the limit', 431, line(`GET /${'a'.repeat(9000)} HTTP/1.1`), only),
  declined('another destination in absolute form', 421, line('GET https://other.example.com/ HTTP/1.1'), only),
];

const taken: Row[] = [
  served(
    'a query with everything that may stand there',
    (way) => get(way, '', "/a/b?c=d&e='()*,;:@%20/?"),
    "GET /a/b?c=d&e='()*,;:@%20/?",
  ),
  served('spaces and tabs around a value', fields('X-A: \t b c\t \r\n'), 'GET /\r\nX-A: b c'),
  served('an empty value', fields('X-A:\r\nX-B: \r\n'), 'GET /\r\nX-A: \r\nX-B: '),
  served('high bytes in a value', fields('X-A: caf\xc3\xa9\r\n'), 'GET /\r\nX-A: caf\xc3\xa9'),
  served('names of all token characters', fields("X!#$%&'*+.^_`|~09: b\r\n"), "GET /\r\nX!#$%&'*+.^_`|~09: b"),
  served(
    'fields of one name, in order',
    fields('X-A: 1\r\nx-b: 2\r\nX-A: 3\r\n'),
    'GET /\r\nX-A: 1\r\nx-b: 2\r\nX-A: 3',
  ),
  served('a colon and commas in a value', fields('X-A: b:c, "d, e"\r\n'), 'GET /\r\nX-A: b:c, "d, e"'),
  served('one empty line in front', (way) => `\r\n${get(way)}`, 'GET /'),
  served('PUT', (way) => post(way, 'Content-Length: 1\r\n', 'a').replace('POST', 'PUT'), 'PUT /\r\n\r\na'),
  served('DELETE', (way) => get(way).replace('GET', 'DELETE'), 'DELETE /'),
  served('PATCH', (way) => post(way, 'Content-Length: 1\r\n', 'a').replace('POST', 'PATCH'), 'PATCH /\r\n\r\na'),
  served('OPTIONS for the server as a whole', line('OPTIONS * HTTP/1.1'), 'OPTIONS *', only),
  served(
    'OPTIONS for the server as a whole, in absolute form',
    (way) => get(way).replace(/^GET \S+/, `OPTIONS ${way.name === 'TLS tunnel' ? 'https' : 'http'}://${way.host}`),
    'OPTIONS *',
  ),
  served(
    'OPTIONS in absolute form with a query alone',
    (way) => get(way).replace(/^GET \S+/, `OPTIONS ${way.name === 'TLS tunnel' ? 'https' : 'http'}://${way.host}?a`),
    'OPTIONS /?a',
  ),
  served('OPTIONS', (way) => get(way).replace('GET', 'OPTIONS'), 'OPTIONS /'),
  // Which methods a host takes is for its policy to say: this one takes any.
  ...['X-NONE', 'GETGET', 'PROPFIND', 'M-SEARCH'].map((method) =>
    served(`the method ${method}`, (way) => get(way).replace('GET', method), `${method} /`),
  ),
  served('two empty lines in front', (way) => `\r\n\r\n${get(way)}`, 'GET /'),
];

/** RFC 9112 section 3 lets a recipient split the line at any whitespace; here it has one reading or none. */
const loose: Row[] = [
  refused('two spaces before the target', 400, (way) => get(way).replace(' ', '  ')),
  refused('two spaces behind the target', 400, (way) => get(way).replace(' HTTP', '  HTTP')),
  refused('a bare LF in front', 400, (way) => `\n${get(way)}`),
  refused('a bare CR in front', 400, (way) => `\r${get(way)}`),
];

describe('a request line that others read loosely: 400, close', () => playAll(loose));
describe('a request whose lines end in another way: 400, close', () => playAll(ends));
describe('a request whose fields are malformed: 400, close', () => playAll(names));
describe('a request of another version: 400, close', () => playAll(versions));
describe('a request with another method: refused', () => playAll(methods));
describe('a request with another target: refused', () => playAll(targets, ', header_bytes: 8KiB'));
describe('a request that is well formed: served as it came', () => playAll(taken));
