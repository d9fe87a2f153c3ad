import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Flow } from '../../src/upstream/exchange.js';
import { flag, type, uint32 } from '../support/http2-frames.js';
import { setting } from '../support/http2-server-frames.js';
import { closeSessions, openSession } from './exchange.js';

afterEach(closeSessions);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an answer that its caller reads slowly', () => {
  it('stalls no other one on the session, however much of it came', async () => {
    const { peer, send } = await openSession();
    const [quick, ...slow] = Array.from({ length: 21 }, () => send());
    await peer.next(type.headers, 41);
    peer.send(type.settings, flag.ack, 0);
    const piece = Buffer.alloc(16 * 1024, 'a');
    // All that its own window takes, of so many that the connection's would be used up.
    let credit = 65_535;
    for (const [at, { answer }] of slow.entries()) {
      answer.onPiece = (flow) => flow.pause();
      peer.headers(3 + 2 * at, { ':status': '200' });
      for (let i = 0; i < 16; i += 1) {
        while (credit < piece.length) credit += (await peer.next(type.windowUpdate, 0)).payload.readUInt32BE(0);
        peer.send(type.data, 0, 3 + 2 * at, piece);
        credit -= piece.length;
      }
    }
    peer.headers(1, { ':status': '200' });
    peer.send(type.data, flag.endStream, 1, 'quick');
    expect((await quick?.answer.settled())?.body).toBe('quick');
    for (const { answer } of slow) expect(answer.body.length).toBeLessThanOrEqual(4 * piece.length);
  });

  it('is whole when he takes it, though the session has gone since, trailers and all', async () => {
    const { peer, send, far, events } = await openSession();
    const { answer } = send();
    await peer.next(type.headers, 1);
    let flow: Flow | undefined;
    answer.onPiece = (given) => {
      flow = given;
      given.pause();
    };
    peer.headers(1, { ':status': '200' });
    for (const letter of ['a', 'b', 'c']) peer.send(type.data, 0, 1, letter.repeat(10_000));
    peer.headers(1, { 'x-sum': '3' }, flag.endStream);
    while (flow === undefined) await turn();
    const closed = once(events, 'close');
    far.end();
    await closed;
    expect([answer.trailers, answer.failures]).toEqual([undefined, []]);
    const settled = answer.settled();
    while (answer.trailers === undefined) {
      flow.resume();
      await turn();
    }
    await settled;
    expect(answer.body).toBe(['a', 'b', 'c'].map((letter) => letter.repeat(10_000)).join(''));
    expect([answer.trailers, answer.failures]).toEqual([['x-sum', '3'], []]);
  });

  it('is cut when the session goes before its end has come', async () => {
    const { peer, send, far } = await openSession();
    const { answer } = send();
    await peer.next(type.headers, 1);
    answer.onPiece = (flow) => flow.pause();
    peer.headers(1, { ':status': '200' });
    peer.send(type.data, 0, 1, 'part');
    while (answer.body === '') await turn();
    far.end();
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ kind: 'framing' })]);
  });

  it('does not run out of time while it is held back, and does afterwards', async () => {
    const { peer, send } = await openSession({ responseIdleTimeout: 50 });
    const { answer } = send();
    await peer.next(type.headers, 1);
    let flow: Flow | undefined;
    answer.onPiece = (given) => (flow = given).pause();
    peer.headers(1, { ':status': '200' });
    peer.send(type.data, 0, 1, 'part');
    await once(answer, 'head');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(answer.failures).toEqual([]);
    flow?.resume();
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ code: 'destination_timeout' })]);
    expect((await peer.next(type.reset, 1)).payload.readUInt32BE(0)).toBe(8);
  });
});

describe('a body', () => {
  it('is held back by a destination that gives no window, times out there, and stalls no other exchange', async () => {
    const { peer, send, session } = await openSession({ responseTimeout: 300 }, [setting(4, 0)]);
    const body = new PassThrough();
    const { answer } = send({}, body);
    await peer.next(type.headers, 1);
    let written = 0;
    while (body.write(Buffer.alloc(16 * 1024))) written += 1;
    expect(written).toBeLessThan(20);
    const other = send();
    await peer.next(type.headers, 3);
    peer.headers(3, { ':status': '204' }, flag.endStream);
    expect((await other.answer.settled()).failures).toEqual([]);
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ code: 'destination_timeout' })]);
    expect((await peer.next(type.reset, 1)).payload.readUInt32BE(0)).toBe(8);
    expect(peer.frames.some(({ type: kind, payload }) => kind === type.data && payload.length > 0)).toBe(false);
    expect(session.closed).toBe(false);
  });

  it('goes out as it comes, and ends the stream', async () => {
    const { peer, send } = await openSession();
    const body = new PassThrough();
    const { answer } = send({}, body);
    expect((await peer.next(type.headers, 1)).flags & flag.endStream).toBe(0);
    body.write('abc');
    expect((await peer.next(type.data, 1)).payload.toString()).toBe('abc');
    body.end();
    expect((await peer.next(type.data, 1)).flags & flag.endStream).toBe(flag.endStream);
    peer.headers(1, { ':status': '100' });
    peer.headers(1, { ':status': '200' }, flag.endStream);
    await answer.settled();
    expect(answer.heads.map(({ status }) => status)).toEqual([100, 200]);
  });

  it('that fails cancels the stream', async () => {
    const { peer, send, session } = await openSession();
    const body = new PassThrough().on('error', () => undefined);
    const { answer } = send({}, body);
    await peer.next(type.headers, 1);
    body.destroy(new Error('gone'));
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ message: 'gone' })]);
    expect((await peer.next(type.reset, 1)).payload).toEqual(uint32(8));
    expect(session.closed).toBe(false);
  });
});
