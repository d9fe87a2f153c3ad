import { describe } from '@jest/globals';
import { playAll, post, refused, served, tunnels, type Row } from './playing.js';

const three = (value: string): string => `Content-Length: ${value}\r\n`;
const coding = (value: string): string => `Transfer-Encoding: ${value}\r\n`;
const end = '0\r\n\r\n';

const lengths: Row[] = [
  ...(
    [
      ['twice, equal', `${three('3')}${three('3')}`],
      ['twice, not equal', `${three('3')}${three('0')}`],
      ['twice, the second in another case', `${three('3')}CONTENT-LENGTH: 3\r\n`],
      ['as a list of equals', three('3, 3')],
      ['as a list', three('3, 0')],
      ['with a plus', three('+3')],
      ['below zero', three('-3')],
      ['in hexadecimal', three('0x3')],
      ['in other digits', three('3a')],
      ['with an exponent', three('3e0')],
      ['with a point', three('3.0')],
      ['with an underscore', three('0_3')],
      ['in quotes', three('"3"')],
      ['with a space inside', three('3 3')],
      ['with a comma behind', three('3,')],
      ['with a semicolon', three('3;q=1')],
      ['empty', 'Content-Length:\r\n'],
      ['of spaces', 'Content-Length:   \r\n'],
      ['with a vertical tab', three('\x0b3')],
      ['with a form feed', three('3\x0c')],
      ['with NUL', three('3\0')],
      ['with a no-break space', three('\xa03')],
      ['with digits of another script', three('\xb3')],
      ['beyond 2^64', three('18446744073709551619')],
      ['beyond what can be counted', three('9007199254740993')],
      ['just beyond what can be counted', three('9007199254740992')],
      ['of a thousand digits', three('9'.repeat(1000))],
      ['of leading zeros', three('003')],
      ['beyond leading zeros', three(`${'0'.repeat(40)}3`)],
      ['of two zeros', three('00')],
      ['with a space before its colon', 'Content-Length : 3\r\n'],
      ['with a tab before its colon', 'Content-Length\t: 3\r\n'],
    ] as const
  ).map(([name, fields]) => refused(name, 400, (way) => post(way, fields, 'abc'))),
];

const both: Row[] = [
  ...(
    [
      ['length, then chunked', `${three('3')}${coding('chunked')}`],
      ['chunked, then length', `${coding('chunked')}${three('3')}`],
      ['length 0, then chunked', `${three('0')}${coding('chunked')}`],
      ['chunked in capitals, then length', `${coding('CHUNKED')}${three('3')}`],
      ['an empty coding, then length', `Transfer-Encoding:\r\n${three('5')}`],
      ['identity, then length', `${coding('identity')}${three('5')}`],
      ['an unknown coding, then length', `${three('5')}${coding('xchunked')}`],
      [
        'chunked, and a length that Connection lists',
        `${coding('chunked')}${three('5')}Connection: content-length\r\n`,
      ],
      [
        'a length, and chunked that Connection lists',
        `${three('5')}${coding('chunked')}Connection: transfer-encoding\r\n`,
      ],
    ] as const
  ).map(([name, fields]) => refused(name, 400, (way) => post(way, fields, end))),
];

const codings: Row[] = [
  ...(
    [
      ['xchunked', coding('xchunked')],
      ['chunkedx', coding('chunkedx')],
      ['chunked in quotes', coding('"chunked"')],
      ['identity', coding('identity')],
      ['gzip', coding('gzip')],
      ['gzip, chunked', coding('gzip, chunked')],
      ['gzip and chunked in two fields', `${coding('gzip')}${coding('chunked')}`],
      ['chunked, gzip', coding('chunked, gzip')],
      ['chunked, identity', coding('chunked, identity')],
      ['identity, chunked', coding('identity, chunked')],
      ['chunked twice in a list', coding('chunked, chunked')],
      ['chunked in two fields', `${coding('chunked')}${coding('chunked')}`],
      ['a comma before chunked', coding(',chunked')],
      ['a comma behind chunked', coding('chunked,')],
      ['a parameter', coding('chunked;q=1')],
      ['a vertical tab before chunked', coding('\x0bchunked')],
      ['a vertical tab behind chunked', coding('chunked\x0b')],
      ['a form feed behind chunked', coding('chunked\x0c')],
      ['NUL behind chunked', coding('chunked\0')],
      ['a no-break space before chunked', coding('\xa0chunked')],
      ['a bare CR before chunked', coding('\rchunked')],
      ['a bare LF before the field', `X-A: b\n${coding('chunked')}`],
      ['folded before chunked', 'Transfer-Encoding:\r\n chunked\r\n'],
      ['folded behind chunked', 'Transfer-Encoding: chunked\r\n , identity\r\n'],
      ['a space before the colon', 'Transfer-Encoding : chunked\r\n'],
      ['a tab before the colon', 'Transfer-Encoding\t: chunked\r\n'],
      ['NUL in the name', 'Transfer\0-Encoding: chunked\r\n'],
      ['a space before the name', ` ${coding('chunked')}`],
      ['no value', 'Transfer-Encoding:\r\n'],
      ['spaces only', 'Transfer-Encoding:  \r\n'],
    ] as const
  ).map(([name, fields]) => refused(name, 400, (way) => post(way, fields, end))),
  refused('in HTTP/1.0', 400, (way) => `POST ${way.at('/')} HTTP/1.0\r\n${way.head}${coding('chunked')}\r\n${end}`),
  refused(
    'in HTTP/1.0 that is kept open',
    400,
    (way) => `POST ${way.at('/')} HTTP/1.0\r\n${way.head}Connection: keep-alive\r\n${coding('chunked')}\r\n${end}`,
  ),
  refused('in CONNECT', 400, (way) => `CONNECT ${way.host}:443 HTTP/1.1\r\n${way.head}${coding('chunked')}\r\n${end}`),
];

describe('a request whose Content-Length could be read twice: 400, close, nothing sent', () => playAll(lengths));
describe('a request with two kinds of length: 400, close, nothing sent', () => playAll(both));
describe('a request in a transfer coding other than chunked: 400, close, nothing sent', () => playAll(codings));

describe('a request with one length', () => {
  playAll([
    served('of a Content-Length', (way) => post(way, three('3'), 'abc'), 'POST /\r\n\r\nabc'),
    served('of zero', (way) => post(way, three('0')), 'POST /'),
    served('in spaces and tabs', (way) => post(way, 'Content-Length: \t 3\r\n', 'abc'), 'POST /\r\n\r\nabc'),
    served('with no space', (way) => post(way, 'content-length:3\r\n', 'abc'), 'POST /\r\n\r\nabc'),
    served('of chunks in capitals', (way) => post(way, coding('CHUNKED'), `3\r\nabc\r\n${end}`), 'POST /\r\n\r\nabc'),
    served('of chunks, with a tab', (way) => post(way, 'Transfer-Encoding:\tchunked \r\n', end), 'POST /'),
    served('of a GET', (way) => `GET ${way.at('/')} HTTP/1.1\r\n${way.head}${three('3')}\r\nabc`, 'GET /\r\n\r\nabc'),
    served(
      'of chunks in a GET',
      (way) => `GET ${way.at('/')} HTTP/1.1\r\n${way.head}${coding('chunked')}\r\n3\r\nabc\r\n${end}`,
      'GET /\r\n\r\nabc',
    ),
    served(
      'of a body that looks like a request',
      (way) => post(way, three('40'), 'GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n'.slice(0, 40)),
      `POST /\r\n\r\n${'GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n'.slice(0, 40)}`,
    ),
    served(
      'that Connection lists keeps it',
      (way) => post(way, `${three('3')}Connection: content-length\r\n`, 'abc'),
      'POST /\r\n\r\nabc',
    ),
    served('of none in a POST', (way) => post(way, ''), 'POST /'),
    served(
      'with fields whose names only look like it: those that CGI would take for it stay behind',
      (way) =>
        post(way, `Content_Length: 9\r\nTransfer_Encoding: chunked\r\nContent-Lengthx: 9\r\n${three('3')}`, 'abc'),
      'POST /\r\nContent-Lengthx: 9\r\n\r\nabc',
    ),
    {
      name: 'of chunks that Connection lists',
      script: (way) => [
        `client > ${post(way, `${coding('chunked')}Connection: transfer-encoding\r\n`, `3\r\nabc\r\n${end}`)}`,
        'origin < POST /\r\n\r\nabc',
        'origin > HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        'client < HTTP/1.1 200 OK\r\n\r\nok',
        'client open',
      ],
      only: tunnels,
    },
  ]);
});
