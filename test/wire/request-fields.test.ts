import { describe } from '@jest/globals';
import {
  declined,
  get,
  ok,
  playAll,
  post,
  refused,
  served,
  smuggled,
  tunnels,
  type Bytes,
  type Row,
} from './playing.js';
import type { Script } from '../support/script.js';

const only = { only: tunnels };
const hosted =
  (...lines: readonly string[]): Bytes =>
  (way) =>
    get({ ...way, head: lines.map((line) => `${line}\r\n`).join('') });
const fields =
  (text: string): Bytes =>
  (way) =>
    get(way, text);

const hosts: Row[] = [
  refused('missing', 400, hosted(), only),
  refused('empty', 400, hosted('Host:'), only),
  refused('of spaces', 400, hosted('Host:  '), only),
  refused('twice, equal', 400, (way) => get(way, `Host: ${way.host}\r\n`), only),
  refused('twice, not equal', 400, (way) => get(way, 'Host: other.example.com\r\n')),
  refused('twice, the second in another case', 400, (way) => get(way, `hOST: ${way.host}\r\n`)),
  refused('a list', 400, (way) => hosted(`Host: ${way.host}, other.example.com`)(way), only),
  refused('userinfo', 400, (way) => hosted(`Host: user@${way.host}`)(way), only),
  refused('a path', 400, (way) => hosted(`Host: ${way.host}/a`)(way), only),
  refused('a space inside', 400, (way) => hosted(`Host: ${way.host} x`)(way), only),
  refused('a trailing dot', 400, (way) => hosted(`Host: ${way.host}.`)(way), only),
  refused('an empty port', 400, (way) => hosted(`Host: ${way.host}:`)(way), only),
  refused('a padded port', 400, (way) => hosted(`Host: ${way.host}:0443`)(way), only),
  refused('a port that is none', 400, (way) => hosted(`Host: ${way.host}:x`)(way), only),
  refused('a scheme', 400, (way) => hosted(`Host: https://${way.host}`)(way), only),
  refused('percent-encoded', 400, (way) => hosted(`Host: ${way.host.replace('a', '%61')}`)(way), only),
  refused('a high byte', 400, (way) => hosted(`Host: ${way.host}\xa0`)(way), only),
  declined('another name', 421, hosted('Host: other.example.com'), only),
  declined('another port', 421, (way) => hosted(`Host: ${way.host}:8443`)(way), only),
  declined('a name below', 421, (way) => hosted(`Host: x.${way.host}`)(way), only),
  served('another case', (way) => hosted(`HOST: ${way.host.toUpperCase()}`)(way), 'GET /', only),
];

const listed: Row[] = [
  served(
    'what Connection lists is not sent on, and the credential is',
    fields(
      'Connection: x-key, x-a, authorization, cookie, host, keep-alive\r\nX-A: b\r\nAuthorization: c\r\nCookie: d\r\nX-B: e\r\n',
    ),
    'GET /\r\nX-B: e',
  ),
  served('Connection in two fields', fields('Connection: x-a\r\nX-A: b\r\nX-B: c\r\nConnection: X-B\r\n'), 'GET /'),
  served('Connection with empty members', fields('Connection: ,, x-a ,\r\nX-A: b\r\n'), 'GET /'),
  served(
    'the fields of one hop are not sent on',
    fields('Keep-Alive: timeout=9\r\nTE: trailers\r\nTrailer: X-A\r\nProxy-Connection: keep-alive\r\nProxy-X: a\r\n'),
    'GET /',
  ),
  served(
    'what speaks for the proxy is not sent on',
    fields('X-Keywright-Request-Id: a\r\nForwarded: for=b\r\nX-Forwarded-For: c\r\nX-Forwarded-Host: d\r\n'),
    'GET /',
  ),
  served('a credential of the caller at that place is replaced', fields('X-Key: mine\r\nx-KEY: again\r\n'), 'GET /'),
];

const expectations: Row[] = [
  {
    name: '100-continue is answered, once, and the body follows',
    script: (way) => [
      `client > ${post(way, 'Expect: 100-continue\r\nContent-Length: 3\r\n')}`,
      'client < HTTP/1.1 100 Continue',
      'client > abc',
      'origin < POST /\r\n\r\nabc',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
  {
    name: '100-continue of a client that does not wait is answered all the same, and the body follows',
    script: (way) => [
      `client > ${post(way, 'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n')}`,
      'client < HTTP/1.1 100 Continue',
      'origin < POST /\r\n\r\nabc',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
  ...['401 Unauthorized', '413 Content Too Large'].map((status): Row => ({
    name: `100-continue, and ${status} before the body: it is handed on, and the body is read over`,
    script: (way) => [
      `client > ${post(way, 'Expect: 100-continue\r\nContent-Length: 6\r\n')}`,
      'client < HTTP/1.1 100 Continue',
      'origin begins POST /',
      `origin > HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nno`,
      `client < HTTP/1.1 ${status}\r\n\r\nno`,
      'client > abcdef',
      'client open',
    ],
  })),
  {
    name: '100-continue, and a body that never comes behind an early answer: nothing else is taken for it',
    script: (way) => [
      `client > ${post(way, 'Expect: 100-continue\r\nContent-Length: 6\r\n')}`,
      'client < HTTP/1.1 100 Continue',
      'origin begins POST /',
      'origin > HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno',
      'client < HTTP/1.1 413 Content Too Large\r\n\r\nno',
      'client closes',
      'client closed',
    ],
  },
  {
    name: '100-continue in HTTP/1.0, which has none, is left unanswered (RFC 9110 section 10.1.1)',
    script: (way) => [
      `client > ${post(way, 'Expect: 100-continue\r\nContent-Length: 3\r\n', 'abc').replace('HTTP/1.1', 'HTTP/1.0')}`,
      'origin < POST /\r\n\r\nabc',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client closed',
    ],
  },
  ...['200-ok', '100-continue, x', '100-continue;a', ''].map((expectation): Row => {
    const bytes = fields(`Expect: ${expectation}\r\n`);
    return {
      name: `${JSON.stringify(expectation)} is not sent on: served as if it were not there, or 417 (RFC 9110 section 10.1.1)`,
      script: (way) => [
        served('', bytes, 'GET /').script(way) as Script,
        [...(served('', bytes, 'GET /').script(way) as Script).slice(0, -1), 'client closed'],
        declined('', 417, bytes).script(way) as Script,
      ],
    };
  }),
];

const upgrades: Row[] = [
  served(
    'to another protocol is not asked of the destination',
    fields('Connection: Upgrade\r\nUpgrade: foo/1\r\n'),
    'GET /',
  ),
  served(
    'to HTTP/2 is not asked of the destination',
    fields('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'),
    'GET /',
  ),
  served(
    'with a body keeps the body inside its length',
    (way) => post(way, 'Connection: Upgrade\r\nUpgrade: foo/1\r\nContent-Length: 3\r\n', 'abc'),
    'POST /\r\n\r\nabc',
  ),
  {
    name: 'to another version of WebSocket is refused, and nothing behind it is read',
    script: (way) => [
      `client > ${get(way, 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')}${smuggled(way)}`,
      'client < refused 400',
      'client closed',
    ],
  },
  refused('to WebSocket with a body', 400, (way) =>
    get(
      way,
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 3\r\n',
    ),
  ),
];

const limits = ', header_count: 40, header_bytes: 8KiB';
const floods: Row[] = [
  declined('of fields', 431, fields('X-A: b\r\n'.repeat(41)), only),
  refused('of bytes in a value', 431, fields(`X-A: ${'a'.repeat(9000)}\r\n`), { mayBeLost: true }),
  refused('of bytes in a name', 431, fields(`${'a'.repeat(9000)}: b\r\n`), { mayBeLost: true }),
  refused('of bytes in many fields', 431, fields(`X-A: ${'a'.repeat(300)}\r\n`.repeat(30)), { mayBeLost: true }),
  refused('of a head that never ends', 431, (way) => get(way).slice(0, -2) + `X-A: ${'a'.repeat(20_000)}`, {
    mayBeLost: true,
  }),
  served('just below the count', fields('X-A: b\r\n'.repeat(30)), `GET /${'\r\nX-A: b'.repeat(30)}`),
];

describe('Host that could be read twice, or differs', () => playAll(hosts));
describe('Connection and the fields of one hop', () => playAll(listed));
describe('Expect', () => playAll(expectations));
describe('an upgrade', () => playAll(upgrades));
describe('a flood', () => playAll(floods, limits));
