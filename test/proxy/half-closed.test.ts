import { once } from 'node:events';
import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { watchHalfClosed } from '../../src/proxy/half-closed.js';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { openTunnel, startProxy, type TestProxy } from '../support/proxy.js';
import { socketPair } from '../support/socket-pair.js';

const host = 'api.example.com';
const asks = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;
/** The connection on which a request has come to the destination. */
let asked: (socket: Socket) => void = () => undefined;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startRawOrigin(authority, [host], (socket) => {
    socket.on('data', () => asked(socket));
  });
  proxy = await startProxy({
    origins: { [`${host}:443`]: origin.port },
    authority,
    yaml: `policies: [{ name: api, hosts: [${host}] }]`,
  });
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
});
afterEach(() => void jest.restoreAllMocks());

/** A caller in a tunnel whose request has come to the destination, and both connections. */
async function waiting(bytes = asks) {
  const { socket } = await openTunnel(proxy, `${host}:443`);
  const secure = connectTls({ socket, servername: host, ca: proxy.trustPem });
  secure.on('error', () => undefined);
  socket.on('error', () => undefined);
  const arrived = new Promise<Socket>((resolve) => (asked = resolve));
  secure.write(bytes);
  return { socket, secure, destination: await arrived };
}

async function lastRecord(kind: string): Promise<unknown> {
  for (let i = 0; i < 100 && proxy.records().at(-1)?.kind !== kind; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return proxy.records().at(-1);
}

describe('a caller that has gone while it is served: its request is given up at the destination, too', () => {
  it('where it resets its connection', async () => {
    const { socket, destination } = await waiting();
    socket.resetAndDestroy();
    await once(destination, 'close');
    expect(await lastRecord('end')).toMatchObject({ code: 'caller_gone' });
  });

  it('where it resets a connection whose side it had ended', async () => {
    const { socket, secure, destination } = await waiting();
    secure.end();
    await once(secure, 'finish');
    setImmediate(() => socket.resetAndDestroy());
    await once(destination, 'close');
    expect(await lastRecord('end')).toMatchObject({ code: 'caller_gone' });
  });

  it('where it has closed its connection, and more of the answer comes', async () => {
    const { secure, destination } = await waiting();
    destination.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await once(secure, 'data');
    secure.destroy();
    const more = setInterval(() => destination.write('3\r\nabc\r\n'), 20);
    await once(destination, 'close');
    clearInterval(more);
    expect(await lastRecord('end')).toMatchObject({ code: 'caller_gone' });
  });
});

it('what is queued behind the request of a caller that has closed ends with the first write that tells', async () => {
  const before = proxy.records().length;
  const { secure, destination } = await waiting(asks.repeat(10));
  let arrivals = 1;
  asked = (socket) => {
    arrivals += 1;
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart');
  };
  destination.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart');
  await once(secure, 'data');
  secure.destroy();
  await once(secure, 'close');
  destination.write('rest');
  await once(destination, 'close');
  // The answer that tells may have been written whole before it did.
  expect(arrivals).toBeLessThanOrEqual(2);
  await lastRecord('end');
  expect(
    proxy
      .records()
      .slice(before)
      .filter(({ kind }) => kind === 'use'),
  ).toHaveLength(arrivals);
});

describe('watching a caller that has ended its side', () => {
  it('asks its system, and closes the connection once that is not there any more', async () => {
    const { near, far } = await socketPair({ allowHalfOpen: true });
    const ended = once(near.resume(), 'end');
    far.end();
    await ended;
    const asking = jest.spyOn(near, 'setKeepAlive');
    watchHalfClosed(near);
    expect(asking).toHaveBeenCalledWith(true, 5000);
    const closed = new Promise((resolve) => near.once('close', resolve));
    far.resetAndDestroy();
    await closed;
  });

  it('writes nothing that it would see, and leaves one that waits alone', async () => {
    const { near, far } = await socketPair({ allowHalfOpen: true });
    far.end();
    await once(near.resume(), 'end');
    const looks = jest.spyOn(near, 'write');
    const stop = watchHalfClosed(near);
    while (looks.mock.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    near.end('answer');
    expect(String((await once(far, 'data'))[0])).toBe('answer');
  });

  it('ends when it is told to', () => {
    jest.useFakeTimers();
    const near = new Socket();
    const looks = jest.spyOn(near, 'write');
    watchHalfClosed(near)();
    jest.advanceTimersByTime(60_000);
    jest.useRealTimers();
    expect(looks).not.toHaveBeenCalled();
  });
});
