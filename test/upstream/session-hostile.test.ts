import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { block, flag, type, uint32 } from '../support/http2-frames.js';
import { indexed, setting } from '../support/http2-server-frames.js';
import { closeSessions, openSession } from './exchange.js';

type Opened = Awaited<ReturnType<typeof openSession>>;
afterEach(closeSessions);

/** Answers to one request, each in literal frames on its stream. */
async function answered(act: (peer: Opened['peer']) => void, limits = {}, method = 'GET') {
  const { peer, send, session, events } = await openSession(limits);
  const { answer } = send({ method });
  await peer.next(type.headers, 1);
  act(peer);
  await answer.settled();
  return { answer, session, events };
}

describe('an answer is refused', () => {
  it.each<[string, Record<string, string>]>([
    ['a status of two digits', { ':status': '20' }],
    ['a status that is none', { ':status': 'abc' }],
    ['a status above 599', { ':status': '600' }],
    ['no status', { 'x-a': '1' }],
    ['another protocol', { ':status': '101' }],
    ['a connection field', { ':status': '200', connection: 'close' }],
    ['a transfer coding', { ':status': '200', 'transfer-encoding': 'chunked' }],
    ['a length that is no number', { ':status': '200', 'content-length': '1x' }],
    ['a length with a leading zero', { ':status': '200', 'content-length': '00' }],
    ['a name in upper case', { ':status': '200', 'X-A': '1' }],
    ['a pseudo-header field of a request', { ':status': '200', ':path': '/' }],
    ['a pseudo-header field behind others', { 'x-a': '1', ':status': '200' }],
  ])('%s', async (_, fields) => {
    const { answer, session } = await answered((peer) => peer.headers(1, fields, flag.endStream));
    expect([answer.heads, answer.failures.length, answer.trailers]).toEqual([[], 1, undefined]);
    expect(session.idle).toBe(true);
  });

  it('with a length that is not that of its body', async () => {
    for (const length of ['4', '6']) {
      const { answer } = await answered((peer) => {
        peer.headers(1, { ':status': '200', 'content-length': length });
        peer.send(type.data, flag.endStream, 1, 'whole');
      });
      expect([answer.trailers, answer.failures.length]).toEqual([undefined, 1]);
    }
  });

  it.each([
    ['HEAD', '200'],
    ['GET', '204'],
    ['GET', '304'],
  ])('with a body where there is none: %s, %s', async (method, status) => {
    const { answer } = await answered(
      (peer) => {
        peer.headers(1, { ':status': status });
        peer.send(type.data, flag.endStream, 1, 'body');
      },
      {},
      method,
    );
    expect([answer.body, answer.trailers, answer.failures.length]).toEqual(['', undefined, 1]);
  });

  it('with an informational head that ends it', async () => {
    const { answer } = await answered((peer) => peer.headers(1, { ':status': '103' }, flag.endStream));
    expect([answer.heads, answer.failures.length]).toEqual([[], 1]);
  });

  it('with a second head', async () => {
    const { answer } = await answered((peer) => {
      peer.headers(1, { ':status': '200' });
      peer.headers(1, { ':status': '200' });
    });
    expect([answer.heads.length, answer.failures.length]).toEqual([1, 1]);
  });

  it('larger than it may be, before and after what we take has been acknowledged', async () => {
    for (const acknowledged of [false, true]) {
      const { answer } = await answered(
        (peer) => {
          if (acknowledged) peer.send(type.settings, 1, 0);
          const many = Array.from({ length: 40 }, (_, i) => [`x-${i}`, 'v'.repeat(500)] as const);
          const bytes = block([[':status', '200'], ...many]);
          peer.send(type.headers, flag.endStream, 1, bytes.subarray(0, 16_000));
          peer.send(type.continuation, flag.endHeaders, 1, bytes.subarray(16_000));
        },
        { headerBytes: 16 * 1024 },
      );
      expect([answer.heads, answer.failures.length]).toEqual([[], 1]);
    }
  });

  it('that grows out of a few bytes', async () => {
    const { answer } = await answered((peer) => {
      const large = block([['x-bomb', 'v'.repeat(4000)]], 0x40);
      const bomb = Buffer.concat([
        block([[':status', '200']]),
        large,
        ...Array.from({ length: 8000 }, () => indexed(62)),
      ]);
      peer.send(type.headers, flag.endHeaders | flag.endStream, 1, bomb);
    });
    expect([answer.heads, answer.failures.length]).toEqual([[], 1]);
  });
});

describe('a value that would break a line', () => {
  it.each(['a\r\nb: c', 'a\nb', 'a\0b', '\x01'])('is never handed on: %j', async (value) => {
    const { answer } = await answered((peer) => peer.headers(1, { ':status': '200', 'x-a': value }, flag.endStream));
    expect(answer.heads.flatMap(({ raw }) => raw)).not.toContain(value);
    expect(answer.heads.flatMap(({ raw }) => raw).filter((text) => /[\r\n\0\x01]/.test(text))).toEqual([]);
  });

  it('is never handed on in a trailer', async () => {
    const { answer } = await answered((peer) => {
      peer.headers(1, { ':status': '200' });
      peer.headers(1, { 'x-a': 'a\r\nb: c' }, flag.endStream);
    });
    expect((answer.trailers ?? []).filter((text) => /[\r\n]/.test(text))).toEqual([]);
  });
});

describe('a session ends, and all on it fails, where the destination', () => {
  it.each<[string, (peer: Opened['peer']) => void]>([
    [
      'pushes',
      (peer) => {
        const target = block([
          [':method', 'GET'],
          [':scheme', 'https'],
          [':authority', 'a.test'],
          [':path', '/'],
        ]);
        peer.send(type.push, flag.endHeaders, 1, Buffer.concat([uint32(2), target]));
      },
    ],
    ['sends a frame larger than we take', (peer) => peer.send(type.data, 0, 1, Buffer.alloc(16_385))],
    ['answers on a stream that nobody opened', (peer) => peer.headers(9, { ':status': '200' }, flag.endStream)],
    ['sends data on a stream that nobody opened', (peer) => peer.send(type.data, 0, 9, 'x')],
    [
      'breaks the header table',
      (peer) => peer.send(type.headers, flag.endHeaders, 1, Buffer.from([0xff, 0xff, 0xff, 0x7f])),
    ],
    [
      'goes on with a header section for ever',
      (peer) => {
        peer.send(type.headers, 0, 1, block([[':status', '200']]));
        for (let i = 0; i < 2000; i += 1) peer.send(type.continuation, 0, 1, block([['x', 'y'.repeat(1000)]]));
      },
    ],
    ['speaks HTTP/1.1', (peer) => void peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'latin1')],
  ])('%s', async (_, act) => {
    const { peer, send, session, events, far } = await openSession({ connectTimeout: 50 });
    const answers = [send().answer, send().answer];
    await peer.next(type.headers, 3);
    const closed = once(events, 'close');
    act(peer);
    await peer.next(type.goaway).then(
      () => far.destroy(),
      () => undefined,
    );
    for (const answer of answers) expect((await answer.settled()).failures).toHaveLength(1);
    await closed;
    expect(session.closed).toBe(true);
  });

  it('floods it with settings that it would have to acknowledge to nobody', async () => {
    const { peer, send, session, far } = await openSession();
    const { answer } = send();
    await peer.next(type.headers, 1);
    far.pause();
    for (let i = 0; i < 400_000 && !session.closed; i += 1) {
      peer.settings();
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answer.settled()).failures).toHaveLength(1);
    expect(session.idle).toBe(true);
  });
});

describe('what is of no use to us is passed over:', () => {
  it.each<[string, (peer: Opened['peer']) => void]>([
    ['ORIGIN', (peer) => peer.send(type.origin, 0, 0, '\0\x0ehttps://b.test')],
    ['ALTSVC', (peer) => peer.send(type.altsvc, 0, 1, '\0\0h3=":443"')],
    ['a frame of a type that nobody knows', (peer) => peer.send(0xee, 0, 0, 'x')],
    ['a window that grows', (peer) => peer.send(type.windowUpdate, 0, 0, uint32(1))],
    ['a ping', (peer) => peer.send(type.ping, 0, 0, uint32(1, 2))],
    ['data of a stream that was given up', (peer) => peer.send(type.data, 0, 1, 'late')],
  ])('%s', async (_, act) => {
    const { peer, send, session } = await openSession();
    const [first, second] = [send(), send()];
    await peer.next(type.headers, 3);
    first.flow.abort(new Error('gone'));
    await peer.next(type.reset, 1);
    act(peer);
    peer.headers(3, { ':status': '200' }, flag.endStream);
    const { heads, failures } = await second.answer.settled();
    expect([heads, failures, session.closed]).toEqual([[{ status: 200, raw: [] }], [], false]);
  });
});

it('a destination that takes back its settings ends nobody', async () => {
  const { peer, send, session, events } = await openSession({}, [setting(3, 5)]);
  const { answer } = send();
  await peer.next(type.headers, 1);
  const room = once(events, 'room');
  peer.settings(setting(3, 0));
  peer.headers(1, { ':status': '200' }, flag.endStream);
  expect((await answer.settled()).failures).toEqual([]);
  await room;
  expect(session.hasRoom).toBe(false);
});
