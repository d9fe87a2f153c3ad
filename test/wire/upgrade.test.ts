import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { frame, framesIn, text as textFrame } from '../regressions/web-socket-frames.js';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import {
  converse,
  generatedSecret,
  openSecureTunnel,
  openTunnel,
  startProxy,
  type TestProxy,
} from '../support/proxy.js';

let arrived = '';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let clear: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;

/** Agrees to WebSocket and echoes frames of up to 125 bytes in upper case; answers anything else. */
function speak(socket: Socket): void {
  let switched = false;
  socket.on('data', (bytes) => {
    const text = bytes.toString('latin1');
    arrived += text;
    if (switched)
      framesIn(bytes).forEach(({ payload }) => socket.write(frame(textFrame, payload.toString().toUpperCase())));
    else if (/upgrade: websocket/i.test(text) && !text.includes('/refuse')) {
      switched = true;
      const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n\x81\x05hello`,
        'latin1',
      );
    } else socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
  });
}

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startRawOrigin(authority, ['api.example.com', 'open.example.com'], speak);
  clear = await startRawOrigin(undefined, [], speak);
  proxy = await startProxy({
    origins: {
      'api.example.com:443': origin.port,
      'open.example.com:443': origin.port,
      'open.example.com:80': clear.port,
    },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com] }
policies:
  - { name: open, hosts: [open.example.com, "open.example.com:80"] }
  - name: api
    hosts: [api.example.com]
    inject: [{ place: header, name: x-api-key, template: "{api}" }]
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([origin.close(), clear.close()]);
});

const handshake = (host: string, path = '/'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

describe('a WebSocket handshake', () => {
  it('carries a credential, and the messages after it pass', async () => {
    arrived = '';
    const socket = await openSecureTunnel(proxy, 'api.example.com:443');
    const text = await converse(socket, handshake('api.example.com'), /hello$/);
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(text).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    expect(arrived).toMatch(/\r\nx-api-key: s3cr3t-/);
    expect(await converse(socket, frame(textFrame, 'message', { masked: true }), /MESSAGE$/)).toBe('\x81\x07MESSAGE');
    socket.destroy();
  });

  it('with a body that is still on its way is refused, and the proxy lives on', async () => {
    const half = handshake('open.example.com').replace('\r\n\r\n', '\r\nContent-Length: 50\r\n\r\nhalf');
    const socket = await openSecureTunnel(proxy, 'open.example.com:443');
    expect(await converse(socket, half, /\}\n$/)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"bad_framing"/);
    socket.destroy();
    const next = await openSecureTunnel(proxy, 'open.example.com:443');
    expect(await converse(next, handshake('open.example.com', '/refuse'), /no$/)).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    next.destroy();
  });

  it('without a credential is passed on, and so are the messages after it', async () => {
    const socket = await openSecureTunnel(proxy, 'open.example.com:443');
    const text = await converse(socket, handshake('open.example.com'), /hello$/);
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(text).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    expect(await converse(socket, frame(textFrame, 'message', { masked: true }), /MESSAGE$/)).toBe('\x81\x07MESSAGE');
    socket.destroy();
    for (let i = 0; i < 100 && proxy.records().at(-1)?.kind !== 'end'; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(proxy.records().at(-1)).toMatchObject({ kind: 'end', status: 101, code: 'ok' });
  });

  it('that the destination refuses is an ordinary answer', async () => {
    const socket = await openSecureTunnel(proxy, 'open.example.com:443');
    expect(await converse(socket, handshake('open.example.com', '/refuse'), /no$/)).toMatch(
      /^HTTP\/1\.1 403 Forbidden/,
    );
    socket.destroy();
  });
});

describe('another upgrade', () => {
  it('is declined by answering as if it had not been asked', async () => {
    arrived = '';
    const { socket } = await openTunnel(proxy, 'open.example.com:80');
    const text = await converse(
      socket,
      'GET /plain HTTP/1.1\r\nHost: open.example.com\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      /no$/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    expect(arrived).toMatch(/^GET \/plain HTTP\/1\.1\r\n/);
    expect(arrived).not.toMatch(/upgrade|http2-settings/i);
    socket.destroy();
  });
});
