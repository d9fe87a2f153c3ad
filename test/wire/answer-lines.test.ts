import { describe } from '@jest/globals';
import { breaks, passes } from './answering.js';
import { get, ok, playAll, post, type Row } from './playing.js';

const with200 = (fields: string): string => `HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`;
const status = (line: string): string => `${line}\r\nContent-Length: 2\r\n\r\nok`;
const plain = 'HTTP/1.1 200 OK\r\n\r\nok';
const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n';

const starts: Row[] = (
  [
    ['no HTTP', 'SSH-2.0-OpenSSH'],
    ['TLS', '\x15\x03\x01\x00\x02\x02\x16'],
    ['a request', 'GET / HTTP/1.1'],
    ['HTTP/0.9', 'ok'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK'],
    ['HTTP/3', 'HTTP/3 200 OK'],
    ['lower case', 'http/1.1 200 OK'],
    ['another protocol', 'ICY 200 OK'],
    ['no status', 'HTTP/1.1'],
    ['no status but a space', 'HTTP/1.1 '],
    ['a status of two digits', 'HTTP/1.1 20 OK'],
    ['a status of four digits', 'HTTP/1.1 2000 OK'],
    ['a status with a sign', 'HTTP/1.1 +200 OK'],
    ['a status of letters', 'HTTP/1.1 abc OK'],
    ['a status in front of a letter', 'HTTP/1.1 200OK'],
    ['a space in front', ' HTTP/1.1 200 OK'],
    ['a bare CR in its reason', 'HTTP/1.1 200 O\rK'],
  ] as const
).map(([name, line]) => breaks(name, status(line), { closes: true, asked: 'POST' }));

const fields: Row[] = (
  [
    ['NUL in a name', 'X\0A: b\r\n'],
    ['a control in a name', 'X\x01A: b\r\n'],
    ['a high byte in a name', 'X\xe9A: b\r\n'],
    ['a space in a name', 'X A: b\r\n'],
    ['an empty name', ': b\r\n'],
    ['no colon', 'X-A\r\n'],
    ['NUL in a value', 'X-A: b\0c\r\n'],
    ['a bare CR in a value', 'X-A: b\rc\r\n'],
    ['a space before the first field', ' X-A: b\r\n'],
    ['a bare CR that ends a line', 'X-A: b\rX-C: d\r\n'],
  ] as const
).map(([name, text]) => breaks(name, with200(text), { closes: true, asked: 'POST' }));

const floods: Row[] = [
  breaks('of fields', with200('X-A: b\r\n'.repeat(30_000)), { asked: 'POST' }),
  breaks('of bytes in a field', with200(`X-A: ${'a'.repeat(70_000)}\r\n`), { asked: 'POST' }),
  breaks('of a head that never ends', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}`, { asked: 'POST' }),
  {
    name: 'of informational answers',
    script: (way) => [
      `client > ${post(way, '')}`,
      'origin < POST /',
      `origin > ${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(5000)}${ok}`,
      'client flooded',
    ],
  },
];

/** Read loosely by many; here it has one reading or none. */
const loose: Row[] = (
  [
    ['a bare LF behind the status line', with200('').replace('\r', '')],
    ['a bare LF behind a field', with200('X-A: b\n')],
    ['bare LFs only', with200('X-A: b\r\n').replaceAll('\r', '')],
    ['a bare LF that ends the head', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok'],
    ['a folded field', with200('X-A: b\r\n c\r\n')],
    ['a space before a colon', with200('X-A : b\r\n')],
    ['a control in a value', with200('X-A: b\x01c\r\n')],
    ['two spaces before the status', status('HTTP/1.1  200 OK')],
    ['HTTP/2.0', status('HTTP/2.0 200 OK')],
    ['NUL in its reason', status('HTTP/1.1 200 O\0K')],
    ['an empty line in front', `\r\n${ok}`],
    ['status 099', status('HTTP/1.1 099 Odd')],
    ['an informational answer in HTTP/1.0', `HTTP/1.0 103 Early Hints\r\n\r\n${ok}`],
  ] as const
).map(([name, bytes]) => breaks(name, bytes, { closes: true }));

const taken: Row[] = [
  passes(
    'order, case and duplicates of fields',
    with200('X-B: 1\r\nx-a: 2\r\nX-B: 3\r\n'),
    'HTTP/1.1 200 OK\r\nx-b: 1\r\nx-a: 2\r\nx-b: 3\r\n\r\nok',
  ),
  passes('an empty value', with200('X-A:\r\n'), 'HTTP/1.1 200 OK\r\nx-a: \r\n\r\nok'),
  passes('high bytes in a value', with200('X-A: caf\xc3\xa9\r\n'), 'HTTP/1.1 200 OK\r\nx-a: caf\xc3\xa9\r\n\r\nok'),
  passes('no reason', status('HTTP/1.1 200 '), plain),
  passes('no space behind the status', status('HTTP/1.1 200'), plain),
  passes('a status of no class', status('HTTP/1.1 600 Odd'), 'HTTP/1.1 600 Odd\r\n\r\nok'),
  passes('another status', status('HTTP/1.1 404 Not Found'), 'HTTP/1.1 404 Not Found\r\n\r\nok'),
  passes('a status without a name', status('HTTP/1.1 299 Odd'), 'HTTP/1.1 299 Odd\r\n\r\nok'),
  passes(
    'all but what ends at this hop, what Connection lists, and what speaks for the proxy',
    with200(
      'Connection: x-a, keep-alive\r\nX-A: b\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nUpgrade: h2\r\nX-Keywright-Request-Id: forged\r\nAlt-Svc: h3=":443"\r\nX-B: c\r\n',
    ),
    'HTTP/1.1 200 OK\r\nx-b: c\r\n\r\nok',
  ),
  passes('nothing for 102 that the caller must know', `HTTP/1.1 102 Processing\r\n\r\n${ok}`, [
    'HTTP/1.1 102 Processing',
    plain,
  ]),
  passes('103 before the final answer', `${hint}${ok}`, ['HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload', plain]),
];

const odd: Row[] = [
  passes('100 that nobody asked for is left out (RFC 9110 section 15.2)', `HTTP/1.1 100 Continue\r\n\r\n${ok}`, plain),
  passes(
    // RFC 9112 section 9.6: it ends the connection after the response, and that is the final one (RFC 9110 section 15.2).
    'Connection: close in 102 ends the connection to the destination behind the final answer',
    `HTTP/1.1 102 Processing\r\nConnection: close\r\n\r\n${ok}`,
    ['HTTP/1.1 102 Processing', plain],
  ),
  breaks('101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', {
    asked: 'POST',
  }),
  breaks(
    '101 and a forged answer',
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${ok}`,
    { asked: 'POST' },
  ),
  {
    name: 'an answer before the body has come: the caller gets it',
    script: (way) => [
      `client > ${post(way, 'Content-Length: 100\r\n', 'abc')}`,
      'origin begins POST /',
      'origin > HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno',
      'client < HTTP/1.1 413 Too Large\r\n\r\nno',
      'origin closes',
    ],
  },
  {
    name: 'an answer before the request ends its connection, and is nobody’s',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      `origin > ${ok}`,
      `client < ${plain}`,
      'origin > HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged',
      'client open',
    ],
  },
  {
    name: 'bytes before the request end its connection, and are nobody’s',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      `origin > ${ok}`,
      `client < ${plain}`,
      'origin > \r\n',
      'client open',
    ],
  },
];

describe('an answer that begins with this breaks', () => playAll(starts));
describe('an answer with this among its fields breaks', () => playAll(fields));
describe('a flood breaks', () => playAll(floods));
describe('an answer that others read loosely breaks', () => playAll(loose));
describe('an answer passes with', () => playAll(taken));
describe('answers out of turn', () => playAll(odd));
