import { describe, it } from '@jest/globals';
import { Playhouse, type Script } from '../support/script.js';
import type { Way } from '../support/stage.js';
import { chunked, get, ok, playAll, post, type Row } from './playing.js';

const answered = [`origin > ${ok}`, 'client < HTTP/1.1 200 OK\r\n\r\nok'];

/** The end has been read before the answer comes. */
const waits: Row[] = [
  {
    name: 'gets the answer to a request without a body',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      'client closes',
      'others served',
      ...answered,
      'client closed',
    ],
  },
  ...[
    ['of a known length', 'Content-Length: 3\r\n', 'abc', 'POST /\r\n\r\nabc'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n', 'POST /\r\n\r\nabc'],
    [
      'with trailers',
      'Transfer-Encoding: chunked\r\n',
      '3\r\nabc\r\n0\r\nX-A: b\r\n\r\n',
      'POST /\r\n\r\nabc\r\n\r\n(trailers)\r\nx-a: b',
    ],
  ].map(([name = '', fields = '', body = '', arrives = '']): Row => ({
    name: `gets the answer to a request with a body ${name}`,
    script: (way) => [
      `client > ${post(way, fields, body)}`,
      'client closes',
      `origin < ${arrives}`,
      'others served',
      ...answered,
      'client closed',
    ],
  })),
  {
    name: 'gets the rest of an answer that has begun',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      'origin > HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc',
      'client closes',
      'others served',
      'origin > def',
      'client < HTTP/1.1 200 OK\r\n\r\nabcdef',
      'client closed',
    ],
  },
  {
    name: 'gets an answer that lasts until the destination closes',
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      'client closes',
      'others served',
      'origin > HTTP/1.1 200 OK\r\n\r\nabc',
      'origin closes',
      'client < HTTP/1.1 200 OK\r\n\r\nabc',
      'client closed',
    ],
  },
  {
    name: 'gets the answers to all requests that it has sent, in order',
    script: (way) => [
      `client > ${get(way, '', '/1')}${get(way, '', '/2')}${chunked(way, '1\r\na\r\n0\r\n\r\n')}`,
      'client closes',
      'origin < GET /1',
      'others served',
      ...answered,
      'origin < GET /2',
      ...answered,
      'origin < POST /\r\n\r\na',
      ...answered,
      'client closed',
    ],
  },
  {
    name: 'gets a refusal',
    script: (way) => [
      `client > ${get(way).replace('GET', 'TRACE')}`,
      'client closes',
      'client < refused 405',
      'client closed',
    ],
  },
  {
    name: 'gets nothing where it has asked for nothing',
    script: () => ['client closes', 'client closed'],
  },
];

const cuts: Row[] = [
  {
    name: 'in the head of the request behind one: that one is answered, and the other is refused',
    script: (way) => [
      `client > ${get(way)}GET ${way.at('/smuggled')} HTTP/1.1\r\nHo`,
      'origin < GET /',
      'client closes',
      'others served',
      ...answered,
      'client < refused 400',
      'client closed',
    ],
  },
  {
    name: 'in the body of the request behind one: that one is answered, and the other never comes whole',
    script: (way) => [
      'origin ~ POST /',
      `client > ${get(way)}${post(way, 'Content-Length: 9\r\n', 'abc')}`,
      'origin < GET /',
      'client closes',
      ...answered,
      'client closed',
    ],
  },
  {
    name: 'before a body that it was told to send: nothing whole goes on',
    script: (way) => [
      'origin ~ POST /',
      `client > ${post(way, 'Content-Length: 3\r\nExpect: 100-continue\r\n')}`,
      'client closes',
      'client flooded',
    ],
  },
];

describe('a caller that ends its side behind a whole request', () => playAll(waits));
describe('a caller that ends its side in the midst of a request', () => playAll(cuts));

it('and whose last answer is in two pieces gets both of them', async () => {
  const house = new Playhouse();
  await house.open();
  try {
    const { script } = cuts.find(({ name }) => name.startsWith('in the body of the request behind')) as Row;
    const tunnel = house.ways.find(({ name }) => name === 'TLS tunnel') as Way;
    // Cut so, the second piece waits behind the first when the end of the caller is found out.
    await house.playOne([script(tunnel) as Script], tunnel, { seed: 120_142 });
  } finally {
    await house.close();
  }
});
