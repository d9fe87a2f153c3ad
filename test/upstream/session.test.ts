import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { ConnectionLost } from '../../src/upstream/connection-lost.js';
import { Unprocessed } from '../../src/upstream/unprocessed.js';
import { flag, type, uint32 } from '../support/http2-frames.js';
import { setting } from '../support/http2-server-frames.js';
import { closeSessions, openSession } from './exchange.js';

afterEach(closeSessions);

const refusedStream = 7;
const cancel = 8;
const http11Required = 13;

describe('a stream that the destination resets', () => {
  it.each([
    ['refused', refusedStream, Unprocessed],
    ['for HTTP/1.1', http11Required, Unprocessed],
    ['cancelled', cancel, Error],
    ['in trouble', 2, Error],
    ['without an error', 0, Error],
  ])('before an answer fails alone: %s', async (_, code, expected) => {
    const { peer, send, session } = await openSession();
    const [first, second] = [send(), send()];
    await peer.next(type.headers, 3);
    peer.send(type.reset, 0, 1, uint32(code));
    const [failure] = (await first.answer.settled()).failures;
    expect(failure).toBeInstanceOf(expected);
    expect(failure instanceof Unprocessed).toBe(expected === Unprocessed);
    peer.headers(3, { ':status': '204' }, flag.endStream);
    expect((await second.answer.settled()).failures).toEqual([]);
    expect([session.closed, session.idle]).toEqual([false, true]);
  });

  it.each([refusedStream, cancel, 0])(
    'inside an answer cuts it, and is no repeatable failure: code %d',
    async (code) => {
      const { peer, send } = await openSession();
      const { answer } = send();
      await peer.next(type.headers, 1);
      peer.headers(1, { ':status': '200' });
      peer.send(type.data, 0, 1, 'part');
      await once(answer, 'head');
      peer.send(type.reset, 0, 1, uint32(code));
      await answer.settled();
      expect(answer.trailers).toBeUndefined();
      expect(answer.failures).toEqual([expect.objectContaining({ name: 'Malformed', kind: 'framing' })]);
    },
  );

  it.each([0, cancel])('after an informational answer is no repeatable failure: code %d', async (code) => {
    const { peer, send } = await openSession();
    const { answer } = send();
    await peer.next(type.headers, 1);
    peer.headers(1, { ':status': '103', link: '</a>' });
    await once(answer, 'head');
    peer.send(type.reset, 0, 1, uint32(code));
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ kind: 'framing' })]);
  });

  it('after a whole answer to a request that is still being sent has answered it', async () => {
    const { peer, send, session } = await openSession();
    const body = new PassThrough();
    const { answer } = send({}, body);
    body.write('abc');
    await peer.next(type.data, 1);
    peer.headers(1, { ':status': '413' });
    peer.send(type.data, flag.endStream, 1, 'too much');
    peer.send(type.reset, 0, 1, uint32(0));
    await answer.settled();
    expect([answer.heads[0]?.status, answer.body, answer.trailers, answer.failures]).toEqual([413, 'too much', [], []]);
    expect(body.isPaused()).toBe(true);
    expect([session.used, session.idle, session.closed]).toEqual([true, true, false]);
  });
});

describe('a session that goes away', () => {
  it('says of streams above the last one that they were not processed, and lets the others end', async () => {
    const { peer, send, session, events } = await openSession();
    const [first, second] = [send(), send({ method: 'POST' })];
    await peer.next(type.headers, 3);
    peer.send(type.goaway, 0, 0, uint32(1, 0));
    expect((await second.answer.settled()).failures).toEqual([expect.any(Unprocessed)]);
    expect([session.closed, session.hasRoom]).toEqual([true, false]);
    peer.headers(1, { ':status': '200' });
    peer.send(type.data, flag.endStream, 1, 'whole');
    const closed = once(events, 'close');
    expect((await first.answer.settled()).body).toBe('whole');
    await closed;
  });

  it('with an error says so too, and has lost the others', async () => {
    const { peer, send, events } = await openSession();
    const [first, second] = [send(), send()];
    await peer.next(type.headers, 3);
    const closed = once(events, 'close');
    peer.send(type.goaway, 0, 0, uint32(1, 11));
    expect((await second.answer.settled()).failures).toEqual([expect.any(Unprocessed)]);
    expect((await first.answer.settled()).failures).toEqual([expect.any(ConnectionLost)]);
    await closed;
  });

  it('without a word has lost all of them, and takes no further one', async () => {
    const { send, session, far, peer, events } = await openSession();
    const [first, second] = [send(), send()];
    await peer.next(type.headers, 3);
    const closed = once(events, 'close');
    far.destroy();
    for (const { answer } of [first, second]) {
      expect((await answer.settled()).failures).toEqual([expect.any(ConnectionLost)]);
    }
    await closed;
    expect(session.closed).toBe(true);
    expect((await send().answer.settled()).failures).toEqual([expect.any(Unprocessed)]);
  });

  it('wants HTTP/1.1', async () => {
    const { peer, send, events } = await openSession();
    const { answer } = send();
    await peer.next(type.headers, 1);
    const told = once(events, 'http1');
    peer.send(type.goaway, 0, 0, uint32(0, http11Required));
    await told;
    expect((await answer.settled()).failures).toEqual([expect.any(Unprocessed)]);
  });

  it('never to say what it takes fails what is on it', async () => {
    const { send, session, events } = await openSession({ connectTimeout: 50 }, null);
    const ready = session.ready();
    const { answer } = send();
    const closed = once(events, 'close');
    await expect(ready).rejects.toMatchObject({ code: 'destination_timeout' });
    expect((await answer.settled()).failures).toHaveLength(1);
    await closed;
  });

  it('and is silent is asked whether it is there, and lost where it is not', async () => {
    const { peer, send, session } = await openSession({ connectTimeout: 50 });
    const { answer } = send();
    await peer.next(type.headers, 1);
    await peer.next(type.ping);
    expect((await answer.settled()).failures).toEqual([expect.any(ConnectionLost)]);
    expect(session.closed).toBe(true);
  });

  it('is not, where it answers; then it is not asked again for long', async () => {
    const { peer, send, session } = await openSession({ connectTimeout: 50 });
    const { answer } = send();
    await peer.next(type.headers, 1);
    peer.send(type.ping, flag.ack, 0, (await peer.next(type.ping)).payload);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(peer.frames.filter((frame) => frame.type === type.ping)).toEqual([]);
    expect([session.closed, answer.failures]).toEqual([false, []]);
  });
});

describe('a session', () => {
  it('is ended when nobody has used it for long, and not before', async () => {
    const { peer, send, session, events } = await openSession({ upstreamKeepAliveTimeout: 50 });
    const { answer } = send();
    await peer.next(type.headers, 1);
    peer.headers(1, { ':status': '200' }, flag.endStream);
    await answer.settled();
    expect(session.closed).toBe(false);
    await once(events, 'close');
    expect(session.closed).toBe(true);
  });

  it('takes as many exchanges as the destination says, one before it has said so, and no more than a hundred', async () => {
    const { session, peer, events } = await openSession({}, [setting(3, 2)]);
    session.take();
    expect(session.hasRoom).toBe(true);
    session.take();
    expect(session.hasRoom).toBe(false);
    const room = once(events, 'room');
    peer.settings(setting(3, 1000));
    await room;
    for (let i = 2; i < 100; i += 1) session.take();
    expect(session.hasRoom).toBe(false);
  });

  it('sends the target in pseudo-header fields, whatever the caller sent, and no field of another version', async () => {
    const { peer, send } = await openSession();
    send({ headers: new HeaderList(['Accept', '*/*']), takesTrailers: true, host: 'a.test:8443', path: '/p?q' });
    const { flags, payload } = await peer.next(type.headers, 1);
    expect(flags & flag.endStream).toBe(flag.endStream);
    expect(payload.length).toBeGreaterThan(0);
  });

  it('refuses what stands twice and may stand once, and sends nothing', async () => {
    const { peer, send, session } = await openSession();
    const twice = send({ headers: new HeaderList(['Authorization', 'a', 'authorization', 'b']) });
    expect((await twice.answer.settled()).failures).toEqual([expect.objectContaining({ code: 'bad_request' })]);
    const broken = send({ headers: new HeaderList(['x\r\ny', 'a']) });
    expect((await broken.answer.settled()).failures).toEqual([expect.objectContaining({ code: 'bad_request' })]);
    const split = send({ headers: new HeaderList(['x', 'a\r\nb: c']) });
    expect((await split.answer.settled()).failures).toEqual([expect.objectContaining({ code: 'bad_request' })]);
    expect([session.idle, session.closed]).toEqual([true, false]);
    send();
    await peer.next(type.headers, 1);
  });

  it('gives up one exchange, and lives on', async () => {
    const { peer, send, session } = await openSession();
    const { answer, flow } = send();
    const other = send();
    await peer.next(type.headers, 3);
    flow.abort(new Error('gone'));
    expect(uint32(cancel).equals((await peer.next(type.reset, 1)).payload)).toBe(true);
    expect(answer.failures).toHaveLength(1);
    peer.headers(3, { ':status': '200' }, flag.endStream);
    expect((await other.answer.settled()).failures).toEqual([]);
    expect(session.closed).toBe(false);
  });
});
