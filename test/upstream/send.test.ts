import { PassThrough, type Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { defaultLimits, type Limits } from '../../src/core/limits.js';
import type { Answer } from '../../src/upstream/answer.js';
import type { Received } from '../../src/upstream/reception.js';
import { Sender } from '../../src/upstream/send.js';
import { startRawOrigin } from '../support/origin.js';
import { Recorded } from './recorded.js';
import { routeTo } from './route.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** What the destination does with each request head, by the order of its connections and of the heads on them; '' cuts. */
type Script = (connection: number, request: number) => string;

async function start(script: Script, limits: Partial<Limits> = {}) {
  const arrived: string[] = [];
  let connections = 0;
  const origin = await startRawOrigin(undefined, [], (socket) => {
    connections += 1;
    const connection = connections;
    let requests = 0;
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (
        !text.includes('\r\n\r\n') ||
        (text.includes('chunked') && !text.endsWith('0\r\n\r\n') && script(connection, requests + 1) !== '')
      )
        return;
      requests += 1;
      arrived.push(text);
      text = '';
      const answer = script(connection, requests);
      if (answer === '') socket.destroy();
      else socket.write(answer, 'latin1');
    });
  });
  closing.push(() => origin.close());
  const sender = new Sender({ ...defaultLimits, ...limits });
  closing.push(() => sender.close());
  const route = routeTo(origin.port);
  const send = (answer: Answer, method = 'GET', body?: Readable): Promise<Received> =>
    sender.send(
      {
        target: { scheme: 'http', authority: route.authority },
        route,
        caller: { client: 'desk' },
        head: { method, path: '/', headers: new HeaderList() },
        body,
        trailers: new HeaderList(),
        chunked: body !== undefined,
        injections: [],
        credentials: new Map(),
        upgrade: undefined,
        takesTrailers: false,
        version: '1.1',
      },
      answer,
    );
  return { send, arrived, connections: () => origin.connections() };
}

const failure = { code: 'destination_protocol' };

describe('a request is not tried again', () => {
  it('on a first connection', async () => {
    const { send, connections } = await start(() => '');
    await expect(send(new Recorded())).rejects.toMatchObject(failure);
    expect(connections()).toBe(1);
  });

  it.each([
    ['POST without a body', 'POST', ''],
    ['a head that began', 'GET', 'HTTP/1.1 2'],
    ['an informational answer', 'GET', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['a body that began', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok'],
  ])('on a kept one: %s', async (_, method, partly) => {
    const origin = await start((__, request) => (request === 1 ? ok : partly), {
      responseTimeout: 100,
      responseIdleTimeout: 100,
    });
    await origin.send(new Recorded());
    await expect(origin.send(new Recorded(), method)).rejects.toMatchObject({
      code: partly === '' ? failure.code : 'destination_timeout',
    });
    expect([origin.connections(), origin.arrived.length]).toEqual([1, 2]);
  });

  it('twice', async () => {
    const origin = await start((connection, request) => (connection === 1 && request === 1 ? ok : ''));
    await origin.send(new Recorded());
    await expect(origin.send(new Recorded())).rejects.toMatchObject(failure);
    expect(origin.connections()).toBe(2);
  });

  it('with a body of which something was read', async () => {
    const origin = await start((_, request) => (request === 1 ? ok : ''));
    await origin.send(new Recorded());
    const body = new PassThrough();
    body.on('error', () => undefined).write('abc');
    await expect(origin.send(new Recorded(), 'POST', body)).rejects.toMatchObject(failure);
    expect(origin.connections()).toBe(1);
  });

  it('with a body that has gone out whole, though there was nothing in it', async () => {
    const origin = await start((_, request) => (request === 1 ? ok : ''));
    await origin.send(new Recorded());
    const body = new PassThrough();
    body.on('error', () => undefined).end();
    await expect(origin.send(new Recorded(), 'POST', body)).rejects.toMatchObject(failure);
    expect(origin.connections()).toBe(1);
  });

  it('for a caller that has gone', async () => {
    const origin = await start((_, request) => (request === 1 ? ok : ''));
    await origin.send(new Recorded());
    const answer = new Recorded();
    answer.gone = true;
    await expect(origin.send(answer)).rejects.toMatchObject({ code: 'caller_gone' });
    expect([origin.connections(), origin.arrived.length]).toEqual([1, 1]);
  });
});

describe('a request that meets a connection which was closed in passing', () => {
  it('is sent once more, on a fresh one', async () => {
    const origin = await start((connection, request) => (connection === 1 && request === 2 ? '' : ok));
    await origin.send(new Recorded());
    const answer = new Recorded();
    expect(await origin.send(answer)).toMatchObject({ status: 200 });
    expect([answer.body, answer.ended, origin.connections()]).toEqual(['ok', true, 2]);
  });

  it('is sent once more with all of its body, also where it comes in between', async () => {
    const origin = await start((connection, request) => (connection === 1 && request === 2 ? '' : ok));
    await origin.send(new Recorded());
    const body = new PassThrough();
    const sent = origin.send(new Recorded(), 'POST', body);
    while (origin.connections() < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const piece of ['abc', 'def', 'ghi']) {
      body.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    body.end();
    await sent;
    expect(
      origin.arrived
        .at(-1)
        ?.split('\r\n\r\n')
        .slice(1)
        .join('')
        .replace(/\r\n|\d/g, ''),
    ).toBe('abcdefghi');
  });
});

it('a caller that goes away once all has come leaves the connection to others', async () => {
  const origin = await start(() => ok);
  const answer = new Recorded();
  answer.end = () => answer.onGone?.();
  await expect(origin.send(answer)).rejects.toMatchObject({ code: 'caller_gone' });
  await origin.send(new Recorded());
  expect([origin.connections(), origin.arrived.length]).toEqual([1, 2]);
});

it('a caller that goes away ends the exchange with the destination', async () => {
  const origin = await start(() => 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
  const answer = new Recorded();
  const sent = origin.send(answer);
  while (answer.body === '') await new Promise((resolve) => setImmediate(resolve));
  answer.onGone?.();
  await expect(sent).rejects.toMatchObject({ code: 'caller_gone' });
  expect(answer.onGone).toBeUndefined();
});
