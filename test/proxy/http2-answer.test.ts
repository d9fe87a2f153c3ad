import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { answerOf, openFrames, openHttp2, type Http2Answered } from '../support/http2-caller.js';
import { frame, request, type } from '../support/http2-frames.js';
import { startRawOrigin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const api = 'api.example.com';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n';
/** What the destination says to a path, literally; it then closes where the path begins with /cut. */
const answers: Readonly<Record<string, string>> = {
  '/plain': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok',
  '/empty': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '/high': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: \xe9\r\n\r\n',
  '/hop':
    'HTTP/1.1 200 OK\r\nConnection: x-hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n',
  '/none': 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n',
  '/same': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: "a"\r\n\r\n',
  '/head': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
  '/chunked': `${chunked}\r\n2\r\nok\r\n0\r\nX-T: 1\r\nContent-Length: 5\r\n\r\n`,
  '/hints': `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
  '/call': 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nGrpc-Status: 5\r\nContent-Length: 0\r\n\r\n',
  '/twice': 'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n',
  '/status': 'HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n',
  '/switch': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
  '/bad-trailers': `${chunked}\r\n2\r\nok\r\n0\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n`,
  '/cut-length': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart',
  '/cut-chunks': `${chunked}\r\n4\r\npart\r\n`,
};
/** Request heads as they came, and the bodies behind them. */
let arrived = '';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;
let session: ClientHttp2Session;
beforeAll(async () => {
  const authority = testAuthority();
  origin = await startRawOrigin(authority, [api], (socket) => {
    socket.on('data', (bytes) => {
      arrived += bytes.toString('latin1');
      const path = /^[A-Z]+ (\S+)/.exec(bytes.toString('latin1'))?.[1] ?? '';
      const answer = answers[path];
      if (answer !== undefined) socket.write(answer, 'latin1');
      // The answer is on its way before the connection ends.
      if (path.startsWith('/cut')) socket.end();
    });
  });
  proxy = await startProxy({
    authority,
    origins: { [`${api}:443`]: origin.port },
    yaml: `policies: [{ name: api, hosts: [${api}], methods: [GET, HEAD, POST], paths: [/**] }]`,
  });
  session = await openHttp2(proxy, `${api}:443`);
});
afterAll(async () => {
  session.destroy();
  await proxy.close();
  await origin.close();
});

async function ask(path: string, fields: OutgoingHttpHeaders = {}): Promise<Http2Answered> {
  return answerOf(session.request({ ':path': path, ...fields }));
}

const named = (headers: object): string[] => Object.keys(headers).sort();
const frames = async (path: string) => {
  const { socket, reader } = await openFrames(proxy, `${api}:443`);
  const own = [':method', 'GET', ':scheme', 'https', ':authority', api, ':path', path] as const;
  const pairs = [0, 2, 4, 6].map((i) => [own[i] ?? '', own[i + 1] ?? ''] as const);
  socket.write(request(1, pairs));
  const end = await reader.endOf(1);
  socket.destroy();
  return { end, reader };
};

describe('an answer that cannot be sent in HTTP/2 is refused', () => {
  it.each(['/twice', '/status', '/switch'])('%s', async (path) => {
    const { status, body } = await ask(path);
    expect([status, body]).toEqual([502, expect.stringContaining('destination_protocol')]);
  });
});

describe('an answer that is cut never ends as if it were whole', () => {
  it.each(['/cut-length', '/cut-chunks', '/bad-trailers'])('%s', async (path) => {
    for (let count = 0; count < 5; count += 1) {
      const { end, reader } = await frames(path);
      expect(end).toBe(2);
      expect(
        reader.frames.some(({ stream, flags, type: kind }) => stream === 1 && kind <= 1 && (flags & 1) !== 0),
      ).toBe(false);
    }
  });
});

describe('an answer', () => {
  it('has the fields that the destination sent, in lower case, and no Date of our own', async () => {
    const { status, headers, body } = await ask('/plain');
    expect([status, body]).toEqual([200, 'ok']);
    expect(named(headers)).toEqual([':status', 'content-length', 'set-cookie', 'x-a']);
    expect([headers['set-cookie'], headers['x-a']]).toEqual([['a=1', 'b=2'], '1, 2']);
  });

  it('keeps bytes of fields that are no ASCII', async () => {
    const { headers } = await ask('/high');
    expect(headers['x-a']).toBe('\xe9');
  });

  it('has no field that is about the connection of the destination', async () => {
    expect(named((await ask('/hop')).headers)).toEqual([':status', 'content-length']);
  });

  it.each([
    ['/none', 'GET', 204, ['x-a']],
    ['/same', 'GET', 304, ['content-length', 'etag']],
    ['/head', 'HEAD', 200, ['content-length']],
    ['/refused', 'DELETE', 403, ['cache-control', 'content-length', 'content-type', 'x-keywright-request-id']],
  ])('to %s by %s has status %i', async (path, method, status, fields) => {
    const answered = await ask(path, { ':method': method });
    expect([answered.status, named(answered.headers)]).toEqual([status, [':status', ...fields]]);
    expect(answered.headOnly).toBe(method !== 'DELETE');
  });

  it('that refuses HEAD ends with its head', async () => {
    const other = await openHttp2(proxy, `${api}:443`);
    const answered = await answerOf(other.request({ ':method': 'HEAD', ':path': '/', ':authority': 'b.test' }));
    expect([answered.status, answered.headOnly, answered.body]).toEqual([421, true, '']);
    other.destroy();
  });

  it('has its trailers, but no length among them', async () => {
    const { body, trailers } = await ask('/chunked');
    expect([body, named(trailers)]).toEqual(['ok', ['x-t']]);
  });

  it('comes behind what was said before it', async () => {
    const { status, informational } = await ask('/hints');
    expect([status, informational]).toEqual([200, [102, 103]]);
  });

  it('that is an error of gRPC alone ends with its head', async () => {
    const { headers, headOnly } = await ask('/call');
    expect([headers['grpc-status'], headOnly]).toEqual(['5', true]);
  });
});

describe('a refusal', () => {
  it('of gRPC is one of the call', async () => {
    const stream = session.request(
      { ':method': 'PUT', ':path': '/', 'content-type': 'application/grpc+proto' },
      { endStream: false },
    );
    const { status, headers, headOnly, body } = await answerOf(stream);
    expect([status, headOnly, body, headers['grpc-status']]).toEqual([200, true, '', '7']);
    expect(headers['grpc-message']).toBe('No policy allows this request. (no_policy)');
    expect(headers['x-keywright-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('comes whole, though the body was not read, and then the rest of it is not wanted', async () => {
    const { socket, reader } = await openFrames(proxy, `${api}:443`);
    const fields = [
      [':method', 'PUT'],
      [':scheme', 'https'],
      [':authority', api],
      [':path', '/'],
    ] as const;
    socket.write(Buffer.concat([request(1, fields, true), frame(type.data, 0, 1, 'some')]));
    expect(await reader.endOf(1)).toBe('whole');
    expect(reader.dataOf(1)).toContain('no_policy');
    const reset = await reader.find(({ type: kind }) => kind === type.reset);
    expect(reset?.payload.readUInt32BE()).toBe(0);
    socket.destroy();
  });
});

describe('a caller that asks whether to send its body', () => {
  it('is told to where the request is allowed, and then only', async () => {
    for (const [path, method, informational] of [
      ['/plain', 'POST', [100]],
      ['/plain', 'PUT', []],
    ] as const) {
      const stream = session.request({ ':method': method, ':path': path, expect: '100-continue' });
      if (method === 'POST') stream.once('continue', () => stream.end('body'));
      const answered = await answerOf(stream);
      expect([answered.status, answered.informational]).toEqual([method === 'POST' ? 200 : 403, informational]);
    }
    expect(arrived).not.toMatch(/expect/i);
  });
});
