import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startRawOrigin } from '../support/origin.js';
import { Recorded } from './recorded.js';
import { authority, closeAll, closing, senderTo, startHttp2Origin } from './sending.js';

afterEach(closeAll);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a destination is spoken to', () => {
  it('in what the caller speaks, where it has both', async () => {
    const { port, connections } = await startHttp2Origin(
      (stream, headers) => {
        if (headers[':authority'] !== undefined && stream.session?.alpnProtocol === 'h2') stream.end('HTTP/2');
      },
      { allowHTTP1: true },
    );
    const send = senderTo(port);
    for (const [version, spoken] of [
      ['2', 'HTTP/2'],
      ['1.1', 'HTTP/1.1'],
      ['2', 'HTTP/2'],
      ['1.0', 'HTTP/1.1'],
    ] as const) {
      const answer = new Recorded();
      await send(answer, { version });
      expect(answer.body).toBe(spoken);
    }
    expect(connections).toEqual(['h2', 'http/1.1']);
  });

  it('in HTTP/2 where it has nothing else, for callers of either', async () => {
    const { port, connections } = await startHttp2Origin((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
      stream.pipe(stream);
    });
    const send = senderTo(port);
    for (const version of ['1.1', '2', '1.1'] as const) {
      const answer = new Recorded();
      const body = new PassThrough();
      body.write('some ');
      const sent = send(answer, { version, method: 'POST', body });
      while (answer.body === '') await turn();
      body.end('more');
      await sent;
      expect([answer.heads[0]?.statusText, answer.body, answer.trailers]).toEqual(['OK', 'some more', ['x-sum', '1']]);
    }
    expect(connections).toEqual(['h2']);
  });

  it('in HTTP/1.1 where it has nothing else', async () => {
    const origin = await startRawOrigin(
      authority,
      ['a.test'],
      (socket) => socket.on('data', () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
      ['http/1.1'],
    );
    closing.push(() => origin.close());
    const { connections } = origin;
    const send = senderTo(origin.port);
    const answers = [new Recorded(), new Recorded(), new Recorded()];
    await Promise.all(answers.map((answer) => send(answer)));
    expect(answers.map(({ body }) => body)).toEqual(['ok', 'ok', 'ok']);
    expect(connections()).toBe(3);
    await send(new Recorded());
    expect(connections()).toBe(3);
  });

  it('on a session of its own for each client: what one does on its own hurts no other', async () => {
    const { port, connections } = await startHttp2Origin((stream) => void stream.end('ok'));
    const send = senderTo(port);
    for (const client of ['one', 'other', 'one', 'other']) await send(new Recorded(), { caller: { client } });
    expect(connections).toEqual(['h2', 'h2']);
  });

  it('for nobody who goes while waiting for a connection', async () => {
    const origin = await startRawOrigin(authority, ['a.test'], (socket) => socket.resume(), ['http/1.1']);
    closing.push(() => origin.close());
    const send = senderTo(origin.port, { upstreamConnections: 1 });
    const [first, waiting] = [new Recorded(), new Recorded()];
    const held = send(first, { version: '1.1' });
    while (first.onGone === undefined) await turn();
    const sent = send(waiting, { version: '1.1' });
    while (waiting.onGone === undefined) await turn();
    waiting.onGone();
    await expect(sent).rejects.toMatchObject({ code: 'caller_gone' });
    first.onGone();
    await expect(held).rejects.toMatchObject({ code: 'caller_gone' });
  });

  it('on one session by all who ask at once', async () => {
    const streams: (() => void)[] = [];
    const { port, connections } = await startHttp2Origin((stream) => {
      streams.push(() => stream.end('ok'));
      if (streams.length === 50) for (const end of streams) end();
    });
    const send = senderTo(port);
    const answers = Array.from({ length: 50 }, () => new Recorded());
    await Promise.all(answers.map((answer) => send(answer)));
    expect(answers.every(({ body }) => body === 'ok')).toBe(true);
    expect(connections).toEqual(['h2']);
  });

  it('on further sessions where one is full, and no further one than there may be', async () => {
    let [most, now] = [0, 0];
    const { port, connections } = await startHttp2Origin(
      (stream) => {
        now += 1;
        most = Math.max(most, now);
        setTimeout(() => {
          now -= 1;
          stream.end('ok');
        }, 20);
      },
      { settings: { maxConcurrentStreams: 2 } },
    );
    const send = senderTo(port, { upstreamConnections: 3 });
    const answers = Array.from({ length: 20 }, () => new Recorded());
    await Promise.all(answers.map((answer) => send(answer)));
    expect(answers.every(({ body }) => body === 'ok')).toBe(true);
    expect([connections, most]).toEqual([['h2', 'h2', 'h2'], 6]);
  });
});
