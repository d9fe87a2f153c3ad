import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Http1Answer } from '../../src/proxy/http1-answer.js';

function answerTo(
  method = 'GET',
  version: '1.0' | '1.1' = '1.1',
  fields: string[] = [],
): { answer: Http1Answer; socket: PassThrough; written: () => string } {
  const socket = new PassThrough({ highWaterMark: 100_000 });
  const headers = new HeaderList(fields);
  const framing = { kind: 'none' as const };
  const request = { method, url: '/', version, headers, framing, body: undefined, trailers: new HeaderList() };
  const answer = new Http1Answer(request, socket as unknown as Socket, version === '1.1', {
    onMove: () => undefined,
    unread: () => 0,
    handOver: () => socket as unknown as Socket,
  });
  return { answer, socket, written: () => allOf(socket) };
}

/** Node 26 gives one piece at a time. */
function allOf(socket: PassThrough): string {
  let text = '';
  for (let piece = read(socket); piece !== null; piece = read(socket)) text += piece.toString();
  return text;
}

function read(socket: PassThrough): Buffer | null {
  return socket.read() as Buffer | null;
}

const head = (raw: string[], status = 200) => ({ status, statusText: 'Reason', headers: new HeaderList(raw) });

describe('the length of an answer is stated once', () => {
  it.each<[name: string, version: '1.0' | '1.1', first: ReturnType<typeof head>, text: string]>([
    ['with a length', '1.1', head(['Content-Length', '2']), 'HTTP/1.1 200 Reason\r\nContent-Length: 2\r\n\r\nok'],
    [
      'without one',
      '1.1',
      head([]),
      'HTTP/1.1 200 Reason\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: a\r\n\r\n',
    ],
    ['without one, to HTTP/1.0', '1.0', head([]), 'HTTP/1.1 200 Reason\r\nConnection: close\r\n\r\nok'],
  ])('%s', (_, version, first, text) => {
    const { answer, written } = answerTo('GET', version);
    answer.head(first);
    answer.data(Buffer.from('ok'));
    answer.end(new HeaderList(['X', 'a']));
    expect(written()).toBe(text);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('and a body is not begun for %s %i', (method, status) => {
    const { answer, written } = answerTo(method);
    answer.head(head([], status));
    answer.end(new HeaderList());
    expect(written()).toBe(`HTTP/1.1 ${status} Reason\r\n\r\n`);
  });

  it('and not again behind the body, nor in an informational answer', () => {
    const { answer, written } = answerTo();
    answer.informational(head(['Link', 'a', 'Content-Length', '9'], 103));
    answer.head(head([]));
    answer.end(new HeaderList(['content-length', '9', 'X', 'a']));
    expect(written()).toBe(
      'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 Reason\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n\r\n',
    );
  });
});

describe('a slow caller', () => {
  it('is waited for with one listener, however many pieces are held back', () => {
    const { answer, socket } = answerTo();
    let resumed = 0;
    for (let i = 0; i < 50; i += 1) answer.onceWritable(() => (resumed += 1));
    expect(socket.listenerCount('drain')).toBe(1);
    socket.emit('drain');
    expect([resumed, socket.listenerCount('drain')]).toEqual([1, 0]);
    answer.onceWritable(() => (resumed += 1));
    socket.emit('drain');
    expect(resumed).toBe(2);
  });

  it('that goes away is told of once', () => {
    const { answer } = answerTo();
    let gone = 0;
    answer.onGone = () => (gone += 1);
    const { signal } = answer;
    answer.leave();
    answer.leave();
    expect([gone, answer.gone, signal.aborted]).toEqual([1, true, true]);
    expect(answer.failure(new Error('any'))).toMatchObject({ code: 'caller_gone' });
  });

  it('that has gone is written nothing: behind the end of its connection that would break off what is on its way', () => {
    const { answer, written } = answerTo('POST', '1.1', ['Expect', '100-continue']);
    answer.leave();
    answer.invite();
    answer.head(head([]));
    answer.data(Buffer.from('ok'));
    answer.flush();
    answer.end(new HeaderList());
    expect(written()).toBe('');
  });
});

it('a caller that waits to be asked for its body is asked', () => {
  const { answer, written } = answerTo('POST', '1.1', ['Expect', '100-continue']);
  answer.invite();
  expect(written()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
});
