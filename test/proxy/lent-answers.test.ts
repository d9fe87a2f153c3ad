import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

/** Every four bytes of an answer say where they stand, and a number of their own which answer it is. */
const length = 3 * 1024 * 1024;
function answerOf(which: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) bytes.writeUInt32BE((which << 24) + at / 4, at);
  return bytes;
}
const expected = Array.from({ length: 6 }, (_, which) => digestOf(answerOf(which)));

function serve(incoming: IncomingMessage, response: ServerResponse): void {
  const [, which = '0', kind] = incoming.url?.match(/^\/(\d)(.*)/) ?? [];
  const body = answerOf(Number(which));
  if (kind === 'known') response.setHeader('Content-Length', body.length);
  response.end(body);
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads to the end; slowly, where it is to be waited for. */
async function read(stream: Readable, slowly: boolean): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    hash.update(bytes);
    if (slowly) await delay(1);
  }
  return hash.digest('hex');
}

let origin: Origin;
const clear = createServer(serve);
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com'], serve);
  await once(clear.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy({
    origins: { 'api.example.com:443': origin.port, 'clear.example.com:80': (clear.address() as AddressInfo).port },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [api.example.com] } }
policies:
  - { name: api, hosts: [api.example.com], inject: [{ place: header, name: x-api-key, template: "{api}" }] }
  - { name: clear, hosts: ["clear.example.com:80"], inject: [] }
`,
  });
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
  clear.close();
});

type Fetch = (which: number, slowly: boolean) => Promise<string>;

const overHttp1 =
  (kind: string): Fetch =>
  async (which, slowly) => {
    const socket = await openSecureTunnel(proxy, 'api.example.com:443');
    const asked = request({
      createConnection: () => socket,
      path: `/${which}${kind}`,
      headers: { host: 'api.example.com' },
    });
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
    return read(answer, slowly);
  };

const overHttp2: Fetch = async (which, slowly) => {
  const { socket } = await openTunnel(proxy, 'api.example.com:443');
  const tls = connectTls({ socket, servername: 'api.example.com', ca: proxy.trustPem, ALPNProtocols: ['h2'] });
  const session = connectHttp2('https://api.example.com', { createConnection: () => tls });
  const digest = await read(session.request({ ':path': `/${which}known` }), slowly);
  session.close();
  return digest;
};

const inTheClear: Fetch = async (which, slowly) => {
  const asked = request({
    host: '127.0.0.1',
    port: proxy.port,
    path: `http://clear.example.com/${which}known`,
    headers: { host: 'clear.example.com', 'proxy-authorization': proxy.authorization },
  });
  const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
  return read(answer, slowly);
};

describe('large answers, side by side, to callers that read fast and slowly', () => {
  it.each([
    ['in HTTP/1.1 with a length', overHttp1('known')],
    ['in HTTP/1.1 in chunks', overHttp1('')],
    ['in HTTP/2', overHttp2],
    ['in the clear, both sides', inTheClear],
  ])('%s are what the destination sent', async (_, fetch) => {
    const digests = await Promise.all(expected.map((_digest, which) => fetch(which, which % 2 === 1)));
    expect(digests).toEqual(expected);
  });
});
