import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { flag, type } from '../support/http2-frames.js';
import { closeSessions, openSession } from './exchange.js';

afterEach(closeSessions);
async function exchange(limits = {}, method = 'GET') {
  const one = await openSession(limits);
  const { answer, flow } = one.send({ method });
  await one.peer.next(type.headers, 1);
  return { ...one, answer, flow };
}

describe('an exchange on a session', () => {
  it('runs out of time where no answer comes', async () => {
    const { answer, session } = await exchange({ responseTimeout: 50 });
    expect((await answer.settled()).failures).toEqual([expect.objectContaining({ code: 'destination_timeout' })]);
    expect([session.closed, session.idle]).toEqual([false, true]);
  });

  it.each(['onHead', 'onData', 'onEnd'] as const)('fails with what is thrown while it is told of: %s', async (told) => {
    const { answer, peer, session } = await exchange();
    answer[told] = () => {
      throw new TypeError('ours');
    };
    peer.headers(1, { ':status': '200' });
    peer.send(type.data, flag.endStream, 1, 'whole');
    expect((await answer.settled()).failures).toEqual([new TypeError('ours')]);
    expect([session.closed, session.idle]).toEqual([false, true]);
  });

  it('hands on informational heads, the head, data and trailers, in order, and tells once of what came at once', async () => {
    const { answer, peer, session } = await exchange();
    const told: string[] = [];
    for (const event of ['head', 'end']) answer.on(event, () => told.push(event));
    answer.onPiece = () => told.push('data');
    peer.socket.cork();
    peer.headers(1, { ':status': '103', link: '</a>' });
    peer.headers(1, { ':status': '200', 'x-a': '1' });
    peer.send(type.data, 0, 1, 'who');
    peer.send(type.data, 0, 1, 'le');
    peer.headers(1, { 'grpc-status': '0' }, flag.endStream);
    peer.socket.uncork();
    await answer.settled();
    expect(answer.heads).toEqual([
      { status: 103, raw: ['link', '</a>'] },
      { status: 200, raw: ['x-a', '1'] },
    ]);
    expect([answer.body, answer.trailers]).toEqual(['whole', ['grpc-status', '0']]);
    expect(told).toEqual(['head', 'head', 'data', 'data', 'end']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answer.turns).toBeLessThanOrEqual(2);
    expect(session.used).toBe(true);
  });

  it('takes trailers without a body, and the length that an answer to HEAD has', async () => {
    const first = await exchange();
    first.peer.headers(1, { ':status': '200' });
    first.peer.headers(1, { 'grpc-status': '5' }, flag.endStream);
    expect((await first.answer.settled()).trailers).toEqual(['grpc-status', '5']);
    const second = await exchange({}, 'HEAD');
    second.peer.headers(1, { ':status': '200', 'content-length': '1000' }, flag.endStream);
    expect((await second.answer.settled()).failures).toEqual([]);
    expect(second.answer.heads[0]?.raw).toEqual(['content-length', '1000']);
  });

  it('that was given up is told nothing more', async () => {
    const { answer, flow, peer } = await exchange();
    peer.headers(1, { ':status': '200' });
    await once(answer, 'head');
    flow.abort(new Error('gone'));
    flow.abort(new Error('again'));
    peer.send(type.data, flag.endStream, 1, 'late');
    await peer.next(type.reset, 1);
    flow.pause();
    flow.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect([answer.body, answer.trailers, answer.failures.length]).toEqual(['', undefined, 1]);
  });
});
