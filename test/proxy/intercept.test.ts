import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startProxy({ origins: {}, yaml: `policies: [{ name: api, hosts: [${host}], paths: [/only] }]` });
});
afterAll(() => proxy.close());

/** What was agreed on inside a CONNECT; false where nothing was offered, and the alert where nothing fits. */
async function agreedOn(offered: readonly string[], fields: readonly string[] = []): Promise<string | false | null> {
  const { socket } = await openTunnel(proxy, `${host}:443`, fields);
  const secure = connectTls({ socket, servername: host, ca: proxy.trustPem, ALPNProtocols: [...offered] });
  try {
    await once(secure, 'secureConnect');
    return secure.alpnProtocol;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  } finally {
    secure.destroy();
  }
}

describe('a client that goes away in its handshake', () => {
  const hello = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

  it.each([
    ['with its first bytes', (socket: Socket) => socket.end(hello)],
    ['once they have been read', (socket: Socket) => socket.write(hello, () => setImmediate(() => socket.end()))],
  ])('%s: its connection is closed at once, not when the time for handshakes is over', async (_, leave) => {
    const { socket } = await openTunnel(proxy, `${host}:443`);
    const before = proxy.reports.length;
    const begin = performance.now();
    leave(socket);
    await once(socket.resume(), 'close');
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(proxy.reports.slice(before).map(({ refusal }) => refusal.code)).toEqual(['handshake_failed']);
  });

  it('before it has sent its last message: nothing waits for it when the proxy ends', async () => {
    const other = await startProxy({ origins: {}, yaml: `policies: [{ name: api, hosts: [${host}] }]` });
    const { socket } = await openTunnel(other, `${host}:443`);
    const secure = connectTls({ socket, servername: host, ca: other.trustPem });
    await once(secure, 'secureConnect');
    secure.destroy();
    const begin = performance.now();
    await other.close();
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

it('a client that closes its half right behind its first request gets its answer', async () => {
  for (let count = 0; count < 20; count += 1) {
    const { socket } = await openTunnel(proxy, `${host}:443`);
    const secure = connectTls({ socket, servername: host, ca: proxy.trustPem });
    secure.end(`GET /nothing HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(await text(secure)).toMatch(/^HTTP\/1\.1 403 /);
  }
});

describe('the protocol of an intercepted connection', () => {
  it.each([[['h2c', 'spdy/3.1', 'http/0.9']], [['h3']]])(
    'is none where a client offers %j alone: its handshake fails',
    async (offered) => {
      expect(await agreedOn(offered)).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
    },
  );

  it.each<[readonly string[], string | false]>([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1', 'h2'], 'h2'],
    [['h2'], 'h2'],
    [['http/1.1'], 'http/1.1'],
    [['http/1.0', 'http/1.1'], 'http/1.1'],
    [['http/1.0'], 'http/1.0'],
    [[], false],
  ])('is, of those in %j, %s', async (offered, agreed) => {
    expect(await agreedOn(offered)).toBe(agreed);
  });
  it.each([
    ['git/2.39.5', 'http/1.1'],
    ['git/2.53.0 (Apple Git-160)', 'http/1.1'],
    ['git-lfs/3.3.0', 'h2'],
    ['not git/2.39.5', 'h2'],
  ])('is, for %s, %s where it offers both', async (userAgent, agreed) => {
    expect(await agreedOn(['h2', 'http/1.1'], [`User-Agent: ${userAgent}`])).toBe(agreed);
  });
});
