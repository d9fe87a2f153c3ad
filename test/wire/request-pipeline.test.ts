import { describe } from '@jest/globals';
import { get, ok, playAll, post, refused, smuggled, tunnels, type Row } from './playing.js';

const answer = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const pipelines: Row[] = [
  {
    name: 'two requests get their answers in order',
    script: (way) => [
      `client > ${post(way, 'Content-Length: 3\r\n', 'abc')}`,
      'origin < POST /\r\n\r\nabc',
      `client > ${get(way, '', '/second')}`,
      `origin > ${answer('one')}`,
      'client < HTTP/1.1 200 OK\r\n\r\none',
      'origin < GET /second',
      `origin > ${answer('two')}`,
      'client < HTTP/1.1 200 OK\r\n\r\ntwo',
      'client open',
    ],
  },
  {
    name: 'a request behind one that is refused with its connection open is decided by itself',
    script: (way) => [
      `client > ${get(way).replace('GET', 'TRACE')}${get(way, '', '/second')}`,
      'origin < GET /second',
      `origin > ${ok}`,
      'client < refused 405',
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
  {
    name: 'a request behind Connection: close is not read',
    script: (way) => [
      `client > ${get(way, 'Connection: close\r\n')}${smuggled(way)}`,
      'origin < GET /',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client closed',
    ],
  },
  {
    name: 'a request behind one of HTTP/1.0 is not read',
    script: (way) => [
      `client > ${get(way).replace('HTTP/1.1', 'HTTP/1.0')}`,
      'origin < GET /',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client closed',
    ],
  },
  {
    name: 'a malformed request behind one that is under way is refused behind its answer, never inside it',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      'origin > HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc',
      `client > NONSENSE\r\n\r\n${smuggled(way)}`,
      'origin > def',
      'client < HTTP/1.1 200 OK\r\n\r\nabcdef',
      'client < refused 400',
      'client closed',
    ],
  },
  {
    name: 'a request behind a body of its own is no part of it',
    script: (way) => [
      `client > ${post(way, 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n')}`,
      'origin < POST /\r\n\r\nabc',
      `origin > ${answer('one')}`,
      'client < HTTP/1.1 200 OK\r\n\r\none',
      `client > ${get(way, '', '/second')}`,
      'origin < GET /second',
      `origin > ${answer('two')}`,
      'client < HTTP/1.1 200 OK\r\n\r\ntwo',
      'client open',
    ],
  },
];

const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

/** One request, one answer, one after the other, whatever comes at once. */
const turns: Row[] = [
  {
    name: 'an informational answer stands before its own answer, never inside another one',
    script: (way) => [
      `client > ${get(way, '', '/one')}${get(way, '', '/two')}`,
      'origin < GET /one',
      'origin > HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc',
      'origin > def',
      'client < HTTP/1.1 200 OK\r\n\r\nabcdef',
      'origin < GET /two',
      `origin > ${hint}${ok}`,
      'client < HTTP/1.1 103 Early Hints\r\nlink: </a>',
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
  {
    name: 'an upgrade that is declined behind another request is answered',
    script: (way) => [
      `client > ${get(way, '', '/one')}${get(way, 'Connection: Upgrade\r\nUpgrade: foo/1\r\n', '/two')}`,
      'origin < GET /one',
      `origin > ${answer('one')}`,
      'client < HTTP/1.1 200 OK\r\n\r\none',
      'origin < GET /two',
      `origin > ${answer('two')}`,
      'client < HTTP/1.1 200 OK\r\n\r\ntwo',
      'client open',
    ],
  },
  {
    name: 'Expect: 100-continue behind another request is answered behind it',
    script: (way) => [
      `client > ${get(way, '', '/one')}${post(way, 'Expect: 100-continue\r\nContent-Length: 3\r\n')}`,
      'origin < GET /one',
      `origin > ${answer('one')}`,
      'client < HTTP/1.1 200 OK\r\n\r\none',
      'client < HTTP/1.1 100 Continue',
      'client > abc',
      'origin < POST /\r\n\r\nabc',
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
  },
  refused(
    'a refusal that closes on a body too large to be read over: nothing behind it is executed',
    405,
    (way) => post(way, 'Content-Length: 70000\r\n', 'a'.repeat(70_000)).replace('POST', 'TRACE'),
    { mayBeLost: true },
  ),
  {
    name: 'a request that was refused before its body came has no second answer when the body stops',
    script: (way) => [
      `client > ${post(way, 'Content-Length: 10\r\n', 'abc').replace('POST', 'TRACE')}`,
      'client < refused 405',
      'client closes',
      'client closed',
    ],
  },
  {
    name: 'a request that was refused before its chunks came has no second answer when they are malformed',
    script: (way) => [
      `client > ${post(way, 'Transfer-Encoding: chunked\r\n').replace('POST', 'TRACE')}`,
      'client < refused 405',
      `client > ZZ\r\n\r\n${smuggled(way)}`,
      'client closed',
    ],
  },
];

const connects: Row[] = [
  {
    name: 'without credentials: what is sent ahead is nobody’s request',
    script: () => {
      const bytes =
        'client > CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\nGET http://plain.example.com/smuggled HTTP/1.1\r\nHost: plain.example.com\r\n\r\n';
      // Where it comes after the 407, it is a request like any other on this connection: without credentials.
      return [
        [bytes, 'client < refused 407', 'client < refused 407', 'client open'],
        [bytes, 'client < refused 407', 'client closed'],
      ];
    },
    only: ['absolute form'],
  },
  {
    name: 'without credentials keeps the connection for the next request',
    script: () => [
      'client > CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n',
      'client < refused 407',
      'client open',
    ],
    only: ['absolute form'],
  },
  ...['Content-Length: 3\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n'].map((field): Row => ({
    name: `with ${field.trim()}`,
    script: (way) => [
      `client > CONNECT api.example.com:443 HTTP/1.1\r\n${way.head}${field}\r\n0\r\n\r\n${smuggled(way)}`,
      'client < refused 400',
      'client closed',
    ],
    only: ['absolute form'],
  })),
  {
    name: 'to a host that no policy names, with a request behind it',
    script: (way) => [
      `client > CONNECT other.example.com:443 HTTP/1.1\r\n${way.head}\r\n${smuggled(way)}`,
      'client < refused 403',
      'client closed',
    ],
    only: ['absolute form'],
  },
  ...[
    'api.example.com',
    'api.example.com:',
    'api.example.com:0443',
    'api.example.com:443/',
    'a@api.example.com:443',
    '/',
    ':443',
    '*',
  ].map((authority): Row => ({
    name: `to ${authority}`,
    script: (way) => [
      `client > CONNECT ${authority} HTTP/1.1\r\n${way.head}\r\n${smuggled(way)}`,
      'client < refused 400',
      'client closed',
    ],
    only: ['absolute form'],
  })),
  {
    name: 'inside a tunnel',
    script: (way) => [
      `client > CONNECT ${way.host}:443 HTTP/1.1\r\n${way.head}\r\n${smuggled(way)}`,
      'client < refused 400',
      'client closed',
    ],
    only: tunnels,
  },
];

describe('requests behind one another', () => playAll(pipelines));
describe('requests that come at once', () => playAll(turns));
describe('a CONNECT', () => playAll(connects));
