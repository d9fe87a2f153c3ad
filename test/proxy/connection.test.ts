import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Http1Answer } from '../../src/proxy/http1-answer.js';
import { startRawOrigin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { readUntil } from '../support/socket-pair.js';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;
/** Request heads that came to the destination. */
let arrived: string[] = [];
/** Sends the rest of a large answer: as much as one read brings, and is too much to wait. */
let goOn: () => void = () => undefined;
const sockets: Socket[] = [];
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeAll(async () => {
  process.on('warning', onWarning);
  origin = await startRawOrigin(undefined, [], (socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const waits = /^POST \/whole/.test(text) && !/\r\n0\r\n(?:[^\r]+\r\n)*\r\n$/.test(text);
      if (!text.includes('\r\n\r\n') || waits) return;
      arrived.push(text);
      const isLarge = text.startsWith('POST /large');
      text = '';
      if (isLarge) {
        socket.write('HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n');
        goOn = () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 65491\r\n\r\n${'a'.repeat(65491)}`);
        return;
      }
      socket.write(ok);
    });
  });
  proxy = await startProxy({
    origins: { 'a.example.com:80': origin.port },
    yaml: `
policies:
  - { name: a, hosts: ["a.example.com:80"], methods: [GET, HEAD, POST], paths: [/**] }
limits: { headers_timeout: 1s, request_idle_timeout: 1s, response_idle_timeout: 1s, response_timeout: 3s }
`,
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  arrived = [];
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
  process.off('warning', onWarning);
});

function open(): Socket {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

function request(line: string, ...fields: string[]): string {
  const own = ['Host: a.example.com', `Proxy-Authorization: ${proxy.authorization}`];
  return [`${line.replace(' /', ' http://a.example.com/')} HTTP/1.1`, ...own, ...fields, '', ''].join('\r\n');
}
async function until(settled: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !settled(); i += 1) await delay(10);
  expect(settled()).toBe(true);
}
const statuses = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];

describe('answers on one connection are those to its requests, one each', () => {
  it('also where HEAD is refused: the next answer begins behind its head', async () => {
    const socket = open();
    socket.write(request('HEAD /elsewhere').replaceAll('a.example.com', 'b.example.com') + request('GET /'));
    const text = await readUntil(socket, /ok$/);
    expect(statuses(text)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200']);
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n([^\r\n]+\r\n)+\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it('also where the rest of a body that was answered early turns out to be malformed', async () => {
    const socket = open();
    socket.write(`${request('POST /early', 'Transfer-Encoding: chunked')}1\r\na\r\n`);
    let text = await readUntil(socket, /ok$/);
    socket.write('NONSENSE\r\n');
    text += await readUntil(socket, /never/);
    expect(statuses(text)).toEqual(['HTTP/1.1 200']);
  });

  it('also where the connection ends in the middle of a body that was answered early', async () => {
    const socket = open();
    socket.write(`${request('POST /early', 'Content-Length: 9')}abc`);
    let text = await readUntil(socket, /ok$/);
    socket.end();
    text += await readUntil(socket, /never/);
    expect(statuses(text)).toEqual(['HTTP/1.1 200']);
  });

  it('the rest of a body that was answered early is read over, and the next request is a new one', async () => {
    const socket = open();
    socket.write(`${request('POST /early', 'Transfer-Encoding: chunked')}1\r\na\r\n`);
    await readUntil(socket, /ok$/);
    // As if it were a request: it is body.
    const inside = request('GET /smuggled');
    socket.write(`${inside.length.toString(16)}\r\n${inside}\r\n0\r\n\r\n${request('GET /next')}`);
    expect(statuses(await readUntil(socket, /ok$/))).toEqual(['HTTP/1.1 200']);
    expect(arrived.map((head) => head.split(' ')[1])).toEqual(['/early', '/next']);
  });
});

describe('a connection from a caller', () => {
  it('takes requests byte by byte, with and without a body', async () => {
    const socket = open().setNoDelay(true);
    for (const text of [
      request('GET /'),
      `${request('POST /whole', 'Transfer-Encoding: chunked')}2\r\nab\r\n1;x\r\nc\r\n0\r\nX: a\r\n\r\n`,
    ]) {
      const answer = readUntil(socket, /ok$/);
      for (const character of text) {
        socket.write(character);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(statuses(await answer)).toEqual(['HTTP/1.1 200']);
    }
    const [, body = ''] = arrived[1]?.split('\r\n\r\n') ?? [];
    expect(body.replace(/\r\n/g, '')).toMatch(/^(?:\d[abc]+)+0X: a$/);
    expect(arrived[1]).not.toMatch(/;x/);
  });

  it('serves hundreds of requests without a listener or a warning that stays', async () => {
    const socket = open();
    for (let i = 0; i < 300; i += 1) {
      socket.write(
        i % 3 === 0 ? `${request('POST /whole', 'Transfer-Encoding: chunked')}1\r\na\r\n0\r\n\r\n` : request('GET /'),
      );
      expect(statuses(await readUntil(socket, /ok$/))).toEqual(['HTTP/1.1 200']);
    }
    expect(warnings).toEqual([]);
    expect(origin.connections()).toBeLessThan(10);
  });

  it('that asked whether to send a body, and was refused, ends: nobody knows whether it comes', async () => {
    const socket = open();
    socket.write(
      request('POST /x', 'Content-Length: 3', 'Expect: 100-continue').replaceAll('a.example.com', 'b.example.com'),
    );
    expect(await readUntil(socket, /never/)).toMatch(/^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n/);
  });

  it.each([
    ['at once', ''],
    ['while the request is served', '1\r\na\r\n'],
  ])(
    'with more trailers than a header section may have fields is refused, %s: no body ends with them',
    async (_, begins) => {
      const socket = open();
      socket.write(request('POST /whole', 'Transfer-Encoding: chunked') + begins);
      if (begins !== '') {
        // What came before has been read once another has its answer.
        const other = open();
        other.write(request('GET /'));
        await readUntil(other, /ok$/);
      }
      socket.write(`0\r\n${'X: a\r\n'.repeat(257)}\r\n`);
      expect(statuses(await readUntil(socket, /never/))).toEqual(['HTTP/1.1 431']);
      expect(arrived.filter((head) => head.startsWith('POST'))).toEqual([]);
    },
  );

  const passedOn = jest.spyOn(Http1Answer.prototype, 'informational');
  it('that reads slowly has its answer whole, though it ends its side inside a body that was answered early', async () => {
    const socket = open();
    socket.write(`${request('POST /large', 'Content-Length: 9')}abc`);
    await until(() => passedOn.mock.calls.length === 1);
    const { connection } = passedOn.mock.contexts[0] as Http1Answer;
    // As if its system took no more, and something was on its way.
    connection.cork();
    connection.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    goOn();
    await until(() => connection.writableNeedDrain);
    await delay(20);
    socket.end();
    expect(await readUntil(socket, /never/)).toMatch(/\r\n\r\na{65491}$/);
  });

  it('is cut when its head does not come to an end, whatever empty lines it sends', async () => {
    const socket = open();
    await once(socket, 'connect');
    const lines = setInterval(() => socket.write('\r\n'), 100);
    expect(await readUntil(socket, /never/)).toBe('');
    clearInterval(lines);
  });

  it('is cut when the rest of a request that was answered early never comes', async () => {
    const socket = open();
    socket.write(`${request('POST /early', 'Content-Length: 9')}abc`);
    expect(statuses(await readUntil(socket, /never/))).toEqual(['HTTP/1.1 200']);
  });

  it('that has closed while its requests are under way ends nothing but itself', async () => {
    for (let i = 0; i < 20; i += 1) {
      const socket = open();
      socket.write(`${request('GET /')}${request('POST /early', 'Transfer-Encoding: chunked')}1\r\n`);
      await once(socket, 'connect');
      if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    const socket = open();
    socket.write(request('GET /'));
    expect(statuses(await readUntil(socket, /ok$/))).toEqual(['HTTP/1.1 200']);
  });
});
