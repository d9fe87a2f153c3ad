import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { Malformed } from '../../src/http1/malformed.js';
import { Refusal } from '../../src/core/refusal.js';
import { ConnectionLost } from '../../src/upstream/connection-lost.js';
import { readUntil } from '../support/socket-pair.js';
import { message, open, RecordedAnswer, type Opened } from './exchange.js';

const opened: Opened[] = [];
async function fresh(limits: Parameters<typeof open>[0] = {}): Promise<Opened> {
  const one = await open(limits);
  opened.push(one);
  return one;
}
afterEach(() => {
  for (const { near, far } of opened.splice(0)) for (const socket of [near, far]) socket.destroy();
});

const headEnd = /\r\n\r\n$/;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** One exchange: the destination has read the request head, and sends these pieces, each when the one before was read. */
async function exchange(one: Opened, ...pieces: string[]): Promise<RecordedAnswer> {
  const answer = new RecordedAnswer();
  one.connection.send(message(), answer);
  await readUntil(one.far, headEnd);
  for (const piece of pieces) await delivered(one, piece);
  return answer;
}

async function delivered({ near, far }: { near: Socket; far: Socket }, piece: string): Promise<void> {
  const read = near.bytesRead + piece.length;
  far.write(piece, 'latin1');
  while (near.bytesRead < read && !near.destroyed) await new Promise((resolve) => setImmediate(resolve));
}

describe('an answer that cannot be trusted ends its connection', () => {
  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk that is longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['an informational answer with two lengths', 'HTTP/1.1 103 A\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n'],
  ])('%s', async (_, text) => {
    const one = await fresh();
    const answer = await (await exchange(one, text)).settled();
    expect([answer.trailers, one.idle, one.closed]).toEqual([undefined, [], [one.connection]]);
    expect(answer.failures.length).toBeGreaterThan(0);
    expect(answer.failures[0]).not.toBeInstanceOf(ConnectionLost);
  });

  it.each([
    ['inside its head', 'HTTP/1.1 200 OK\r\nConte'],
    ['inside its body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no'],
    ['inside its chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'],
    ['behind an informational one', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('one that is cut %s, and is never taken for one that had not begun', async (_, text) => {
    for (const cut of ['end', 'resetAndDestroy'] as const) {
      const one = await fresh();
      const answer = await exchange(one, text);
      one.far[cut]();
      await answer.settled();
      expect(answer.failures[0]).toBeInstanceOf(Malformed);
      expect(one.closed).toEqual([one.connection]);
    }
  });

  it('is a lost connection only where nothing of it has come', async () => {
    for (const cut of ['end', 'resetAndDestroy'] as const) {
      const one = await fresh();
      const answer = await exchange(one);
      one.far[cut]();
      expect((await answer.settled()).failures[0]).toBeInstanceOf(ConnectionLost);
    }
  });

  it('what the sink throws, at any of its parts, is the failure of the exchange and of nothing else', async () => {
    for (const part of ['onHead', 'onData', 'onEnd'] as const) {
      const one = await fresh();
      const error = new Refusal('response_coding');
      const answer = new RecordedAnswer();
      answer[part] = () => {
        throw error;
      };
      one.connection.send(message(), answer);
      one.far.write(ok);
      expect((await answer.settled()).failures[0]).toBe(error);
      expect([one.idle, one.closed]).toEqual([[], [one.connection]]);
    }
  });
});

describe('a connection that may have more to say is not used again', () => {
  it.each([
    ['a second answer in the same piece', `${ok}${ok}`],
    ['an empty line behind the answer', `${ok}\r\n`],
    ['a body for HEAD', ok],
    ['a body for 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok'],
    ['a body for 204', 'HTTP/1.1 204 No Content\r\n\r\nok'],
    ['Connection: close', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('%s', async (name, text) => {
    const one = await fresh();
    const answer = new RecordedAnswer();
    one.connection.send(message(undefined, name.includes('HEAD') ? { method: 'HEAD' } : {}), answer);
    one.far.write(text);
    await answer.settled();
    expect([answer.failures, one.idle, one.closed]).toEqual([[], [], [one.connection]]);
  });

  it('bytes that come while it is idle', async () => {
    const one = await fresh();
    await exchange(one, ok);
    expect(one.idle).toHaveLength(1);
    one.far.write(ok);
    await once(one.events, 'close');
    expect(one.connection.closed).toBe(true);
  });

  it('bytes that come before the first request', async () => {
    const one = await fresh();
    one.far.write(ok);
    await once(one.events, 'close');
    const answer = new RecordedAnswer();
    one.connection.send(message(), answer);
    expect((await answer.settled()).failures[0]).toBeInstanceOf(ConnectionLost);
    expect(answer.heads).toEqual([]);
  });

  it('an answer that came before the request had been sent', async () => {
    const one = await fresh();
    const body = new PassThrough();
    const answer = new RecordedAnswer();
    one.connection.send(message(body), answer);
    await readUntil(one.far, headEnd);
    one.far.write(ok);
    await answer.settled();
    expect([answer.failures, answer.body, one.idle, one.closed]).toEqual([[], 'ok', [], [one.connection]]);
    expect(body.isPaused()).toBe(true);
  });
});

describe('an exchange', () => {
  it.each([1, 3, 7, 40])('is read from pieces of %i bytes, and the next one after it', async (size) => {
    const one = await fresh();
    const text =
      'HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: a\r\n\r\n';
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    for (let round = 1; round <= 2; round += 1) {
      const answer = await exchange(one, ...pieces);
      expect(answer.heads.map(({ status }) => status)).toEqual([103, 200]);
      expect([answer.body, answer.trailers, answer.failures]).toEqual(['ok', ['X', 'a'], []]);
      expect(one.idle).toHaveLength(round);
    }
  });

  it('leaves no listener behind, with and without a body, over a hundred of them', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const one = await fresh();
    one.far.on('data', (piece: Buffer) => {
      if (/^GET|0\r\n\r\n$/.test(piece.toString())) one.far.write(ok);
    });
    const counts = (): number[] => one.near.eventNames().map((name) => one.near.listenerCount(name));
    const before = counts();
    for (let i = 0; i < 100; i += 1) {
      const answer = new RecordedAnswer();
      const body = i % 2 === 0 ? new PassThrough().end('abc') : undefined;
      one.connection.send(message(body), answer);
      await answer.settled();
      expect(answer.failures).toEqual([]);
    }
    expect(counts()).toEqual(before);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('that was given up while the answer comes tells of that once, and nothing more', async () => {
    const one = await fresh();
    const answer = await exchange(one, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
    const gone = new Refusal('caller_gone');
    one.connection.abort(gone);
    one.connection.abort(new Refusal('internal'));
    await once(one.near, 'close');
    expect([answer.failures, answer.trailers, one.closed]).toEqual([[gone], undefined, [one.connection]]);
  });

  it('holds the destination back while its answer is not taken, without a deadline, and goes on', async () => {
    const one = await fresh({ responseIdleTimeout: 600 });
    const answer = new RecordedAnswer();
    answer.onPiece = (flow) => flow.pause();
    one.connection.send(message(), answer);
    await readUntil(one.far, headEnd);
    const size = 16 * 1024 * 1024;
    one.far.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    one.far.write(Buffer.alloc(size, 'a'));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(answer.body.length).toBeLessThan(1024 * 1024);
    expect(answer.failures).toEqual([]);
    answer.onPiece = () => undefined;
    one.connection.resume();
    await answer.settled();
    expect([answer.failures, answer.body.length]).toEqual([[], size]);
  });

  it('that nobody answers is over in time', async () => {
    const one = await fresh({ responseTimeout: 50 });
    const answer = await (await exchange(one)).settled();
    expect(answer.failures).toEqual([expect.objectContaining({ code: 'destination_timeout' })]);
  });

  it('without a length lasts until the end of the connection, and a reset is no end', async () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nabc';
    const whole = await fresh();
    const answer = await exchange(whole, text);
    whole.far.end();
    expect((await answer.settled()).body).toBe('abc');
    expect(answer.failures).toEqual([]);
    const reset = await fresh();
    const cut = await exchange(reset, text);
    reset.far.resetAndDestroy();
    expect((await cut.settled()).failures[0]).toBeInstanceOf(Malformed);
  });
});

it('a connection that is idle too long is closed', async () => {
  const one = await fresh({ upstreamKeepAliveTimeout: 50 });
  await exchange(one, ok);
  await once(one.events, 'close');
  expect(one.near.destroyed).toBe(true);
});
