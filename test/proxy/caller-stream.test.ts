import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { answerOf, openFrames, openHttp2 } from '../support/http2-caller.js';
import { frame, uint32, request, type } from '../support/http2-frames.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const api = 'api.example.com';
const MiB = 1024 * 1024;
const piece = Buffer.alloc(64 * 1024, 'x');
let origin: Origin;
let proxy: TestProxy;
let session: ClientHttp2Session;
/** Requests that the destination holds open, and what it could send of an endless answer. */
let held: { request: IncomingMessage; response: ServerResponse }[] = [];
let sent = 0;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [api], (request, response) => {
    held.push({ request, response });
    for (const side of [request, response, request.socket]) side.on('error', () => undefined);
    const path = request.url ?? '';
    if (path === '/echo') request.pipe(response);
    else if (path === '/quick') response.end('ok');
    else if (path === '/endless') endless(response, Infinity);
    else if (path.startsWith('/bytes/')) endless(response, Number(path.slice(7)) * MiB);
    else if (path === '/count')
      void counted(request).then(
        (bytes) => response.end(String(bytes)),
        () => undefined,
      );
    else if (path === '/stall') request.pause();
  });
  proxy = await startProxy({
    authority,
    origins: { [`${api}:443`]: origin.port },
    yaml: `
policies: [{ name: api, hosts: [${api}], methods: [GET, POST], paths: [/**] }]
limits: { request_idle_timeout: 1s, response_idle_timeout: 1s, response_timeout: 3s, connect_timeout: 1s, lookup_timeout: 1s, secret_timeout: 1s }
`,
  });
  session = await openHttp2(proxy, `${api}:443`);
});
afterEach(() => {
  for (const { response } of held) response.destroy();
  held = [];
  sent = 0;
});
afterAll(async () => {
  session.destroy();
  await proxy.close();
  await origin.close();
});

function endless(response: ServerResponse, bytes: number): void {
  const write = (): void => {
    while (!response.destroyed && sent < bytes) {
      sent += piece.length;
      if (!response.write(piece)) {
        response.once('drain', write);
        return;
      }
    }
    if (sent >= bytes) response.end();
  };
  write();
}

async function counted(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return bytes;
}

/** The request as it is at the destination. */
async function arrived(): Promise<IncomingMessage> {
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return held[0]?.request as IncomingMessage;
}

const gone = async ({ socket }: IncomingMessage): Promise<void> => {
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
};
/** The fields of a request, to be sent in literal frames. */
const literally = (method: string, path: string): [string, string][] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', api],
  [':path', path],
];
const quick = async () => answerOf(session.request({ ':path': '/quick' }));
const closed = async (stream: ClientHttp2Stream): Promise<number> => {
  await once(stream.on('error', () => undefined).resume(), 'close');
  return stream.rstCode;
};
const last = () => proxy.records().at(-1);

describe('a caller that goes away', () => {
  it.each<[string, string, string, (stream: ClientHttp2Stream, all: ClientHttp2Session) => void]>([
    ['by a reset, waiting', 'GET', '/never', (stream) => stream.close(8)],
    ['by a reset with no error, sending', 'POST', '/stall', (stream) => stream.close(0)],
    ['by a reset, reading', 'GET', '/endless', (stream) => stream.close(8)],
    ['with its session', 'GET', '/never', (_, all) => all.destroy()],
  ])('%s: its request at the destination goes as well, and its record ends', async (_, method, path, leave) => {
    const own = await openHttp2(proxy, `${api}:443`);
    const stream = own.request({ ':method': method, ':path': path }, { endStream: method === 'GET' });
    stream.on('error', () => undefined);
    const at = await arrived();
    if (path === '/endless') await once(stream, 'data');
    const left = gone(at);
    leave(stream, own);
    await left;
    while (last()?.kind !== 'end') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(last()).toMatchObject({ code: 'caller_gone' });
    own.destroy();
  });
});

it('a caller that ends half of its connection has left', async () => {
  const { socket } = await openFrames(proxy, `${api}:443`);
  socket.write(request(1, literally('GET', '/never')));
  const left = gone(await arrived());
  socket.end();
  await left;
  if (!socket.closed) await once(socket, 'close');
});

describe('patience', () => {
  it('ends with a caller that stops in the middle of its body; others on the session are served', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/count' }, { endStream: false });
    stream.write('some');
    const ended = closed(stream);
    expect((await quick()).body).toBe('ok');
    expect(await ended).toBe(8);
    expect((await quick()).body).toBe('ok');
  });

  it('ends with a caller that grants no room for its answer, and with it the request at the destination', async () => {
    const { socket, reader } = await openFrames(proxy, `${api}:443`);
    const fields = literally('GET', '/endless');
    socket.write(request(1, fields));
    const at = await arrived();
    await Promise.all([gone(at), reader.find(({ type: kind }) => kind === type.reset)]);
    expect(reader.dataOf(1)).toHaveLength(65_535);
    // Neither endless memory nor an endless request.
    expect(sent).toBeLessThan(24 * MiB);
    socket.destroy();
  });
});

describe('flow control', () => {
  it('holds the destination back for a stream that nobody reads, and no other stream', async () => {
    const stalled = session.request({ ':path': '/endless' });
    await once(stalled, 'response');
    held = held.filter(({ request: { url } }) => url !== '/endless');
    for (let count = 0; count < 20; count += 1) expect((await quick()).body).toBe('ok');
    expect(sent).toBeLessThan(24 * MiB);
    stalled.close(8);
    await closed(stalled);
  });

  it('holds a caller back whose destination does not read, and none of its other streams', async () => {
    const stalled = session.request({ ':method': 'POST', ':path': '/stall' }, { endStream: false });
    let taken = 0;
    const pour = (): void => {
      while (taken < 64 * MiB && !stalled.destroyed) {
        taken += piece.length;
        if (!stalled.write(piece)) {
          stalled.once('drain', pour);
          return;
        }
      }
    };
    pour();
    await arrived();
    for (let count = 0; count < 20; count += 1) expect((await quick()).body).toBe('ok');
    const echo = session.request({ ':method': 'POST', ':path': '/count' });
    echo.end(Buffer.alloc(4 * MiB));
    expect((await answerOf(echo)).body).toBe(String(4 * MiB));
    expect(taken).toBeLessThan(24 * MiB);
    stalled.close(8);
    await closed(stalled);
  });

  it('lets 64 MiB through, up and down', async () => {
    const up = session.request({ ':method': 'POST', ':path': '/count' });
    for (let count = 0; count < 64; count += 1) up.write(Buffer.alloc(MiB));
    up.end();
    expect((await answerOf(up)).body).toBe(String(64 * MiB));
    const down = session.request({ ':path': '/bytes/64' });
    let bytes = 0;
    down.on('data', (chunk: Buffer) => (bytes += chunk.length));
    expect(await closed(down)).toBe(0);
    expect(bytes).toBe(64 * MiB);
  });
});

describe('an exchange', () => {
  it('goes both ways at once', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/echo' }, { endStream: false });
    for (const word of ['one', 'two', 'three']) {
      stream.write(word);
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(word);
    }
    stream.end();
    expect(await closed(stream)).toBe(0);
    expect(last()).toMatchObject({ kind: 'end', code: 'ok', bytes_in: 11, bytes_out: 11 });
  });

  it('whose rest is not wanted ends with its answer', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/quick' }, { endStream: false });
    stream.write('some');
    expect((await answerOf(stream)).body).toBe('ok');
    expect(stream.rstCode).toBe(0);
  });

  it('has trailers of its request read over, and no others taken for a request', async () => {
    const { socket, reader } = await openFrames(proxy, `${api}:443`);
    const fields = literally('POST', '/count');
    socket.write(Buffer.concat([request(1, fields, true), frame(type.data, 0, 1, 'four'), request(1, [['x-t', '1']])]));
    expect(await reader.endOf(1)).toBe('whole');
    expect(reader.dataOf(1)).toBe('4');
    socket.write(
      Buffer.concat([request(3, fields, true), frame(type.data, 0, 3, 'four'), request(3, [[':path', '/b']])]),
    );
    expect(await reader.endOf(3)).toBe(1);
    socket.write(frame(type.windowUpdate, 0, 0, uint32(1)));
    socket.destroy();
  });
});
