import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { closed, during, each, flat, harmless, many, MiB, patience, until } from '../support/flood.js';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, generatedSecret } from '../support/proxy.js';
import { proxyAuthorization, startServe, type Serving } from '../support/serve.js';

jest.setTimeout(60_000);

const api = 'api.example.com';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let serving: Serving;
/** Bytes that the destination could send of its endless answers. */
let sent = 0;

beforeAll(async () => {
  const authority = testAuthority();
  const piece = Buffer.alloc(64 * 1024, 'x');
  const endless = (socket: Socket): void => {
    while (!socket.destroyed) {
      sent += piece.length;
      if (socket.write(piece)) continue;
      socket.once('drain', () => endless(socket));
      return;
    }
  };
  origin = await startRawOrigin(authority, [api], (socket) => {
    socket.on('data', (bytes) => {
      const head = bytes.toString('latin1');
      if (/^GET \/endless/.test(head)) {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1024 * MiB}\r\n\r\n`);
        endless(socket);
      } else if (/^GET \/many-headers/.test(head))
        socket.write(`HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(20_000)}\r\n`);
      else if (/^GET \/long-header/.test(head)) socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(MiB)}\r\n\r\n`);
      else if (/^GET /.test(head)) socket.write(ok.repeat(head.match(/^GET /gm)?.length ?? 1));
    });
  });
  serving = await startServe({
    authority,
    origins: { [`${api}:443`]: origin.port },
    environment: { TOKEN: generatedSecret() },
    // A heap that may be large grows before it is cleared; in a small one what stays behind shows.
    node: ['--max-old-space-size=128', '--max-semi-space-size=4'],
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${api}] } }
policies:
  - { name: api, hosts: [${api}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }
limits:
  connections: 12000
  headers_timeout: 3s
  handshake_timeout: 3s
  request_idle_timeout: 2s
  header_bytes: 16KiB
  header_count: 100
`,
  });
  for (let i = 0; i < 50; i += 1) await serving.get(`${api}:443`);
});
afterAll(async () => {
  await serving.close();
  await origin.close();
});

const head = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${api}\r\n\r\n`;
const connect = (): string => `CONNECT ${api}:443 HTTP/1.1\r\n${proxyAuthorization('desk', serving.token)}\r\n`;
async function sending(bytes: string): Promise<Socket> {
  return until(serving.open(bytes), 'connect');
}

async function answered(bytes: string): Promise<Socket> {
  return until(serving.open(bytes), 'data');
}

describe('abandoned', () => {
  it('CONNECTs are cut in time', async () => {
    await harmless(serving, `${api}:443`, async () =>
      Promise.all((await each(many, () => answered(connect()))).map(closed)),
    );
  });

  it('TLS handshakes are cut in time', async () => {
    await harmless(serving, `${api}:443`, async () => {
      const half = Buffer.from('160301020001', 'hex');
      const sockets = await each(many, async () => {
        const socket = await answered(connect());
        socket.write(half);
        return socket;
      });
      await Promise.all(sockets.map(closed));
    });
  });

  it('CONNECTs whose caller has gone at once leave nothing behind', async () => {
    await harmless(serving, `${api}:443`, async () => {
      const sockets = await each(many, async () => sending(connect()));
      for (const socket of sockets) socket.destroy();
    });
  });
});

describe('slow', () => {
  it('readers of an endless answer hold its destination back', async () => {
    await harmless(serving, `${api}:443`, async () => {
      sent = 0;
      const readers = await Promise.all(Array.from({ length: 16 }, () => serving.tunnel(`${api}:443`)));
      for (const reader of readers) {
        reader.write(head('/endless'));
        await until(reader, 'readable');
      }
      await delay(1000);
      // Of 16 GiB: what buffers of sockets hold.
      expect(sent).toBeLessThan(16 * 24 * MiB);
      for (const reader of readers) reader.destroy();
    });
  });

  it.each([
    ['heads', () => `GET http://${api}/ HTTP/1.1\r\nX-A: `],
    ['heads of a CONNECT', () => connect().slice(0, -2)],
  ])('%s that never end are cut in time', async (_, bytes) => {
    await harmless(serving, `${api}:443`, async () => {
      const sockets = await each(many / 4, async () => sending(bytes()));
      const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 400);
      await Promise.all(sockets.map(closed));
      clearInterval(drip);
    });
  });

  it('bodies that stop in the middle are cut in time', async () => {
    await harmless(serving, `${api}:443`, async () => {
      const sockets = await each(20, () => serving.tunnel(`${api}:443`));
      for (const socket of sockets) socket.write(`POST / HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 9\r\n\r\na`);
      await Promise.all(sockets.map(closed));
    });
  });
});

describe('header floods', () => {
  it.each([
    ['by count', `GET / HTTP/1.1\r\nHost: ${api}\r\n${'X-A: 1\r\n'.repeat(1500)}\r\n`],
    ['by size', `GET / HTTP/1.1\r\nHost: ${api}\r\nX-A: ${'a'.repeat(MiB)}\r\n\r\n`],
    ['in the request line', `GET /${'a'.repeat(MiB)} HTTP/1.1\r\nHost: ${api}\r\n\r\n`],
  ])('%s are refused', async (_, bytes) => {
    await harmless(serving, `${api}:443`, async () => {
      for (let i = 0; i < 10; i += 1) {
        const socket = await serving.tunnel(`${api}:443`);
        expect(await converse(socket, bytes, /\}\n$/)).toMatch(/^HTTP\/1\.1 431 |^$/);
        socket.destroy();
      }
    });
  });

  it.each(['/many-headers', '/long-header'])('from a destination are 502: %s', async (path) => {
    await harmless(serving, `${api}:443`, async () => {
      for (let i = 0; i < 10; i += 1) expect(await serving.get(`${api}:443`, path)).toMatch(/^HTTP\/1\.1 502 /);
    });
  });
});

describe('pipelining', () => {
  it('of 20,000 requests at once, by callers that read nothing, is bounded', async () => {
    await harmless(serving, `${api}:443`, async () => {
      const sockets = await Promise.all(Array.from({ length: 4 }, () => serving.tunnel(`${api}:443`)));
      for (const socket of sockets) socket.write(head('/flood').repeat(20_000));
      await delay(1000);
      for (const socket of sockets) socket.destroy();
    });
  });
});

describe('idle', () => {
  it('connections, many of them, cost little and hold nobody up', async () => {
    const absolute = `GET http://${api}/ HTTP/1.1\r\nHost: ${api}\r\n${proxyAuthorization('desk', serving.token)}\r\n`;
    const before = serving.resident();
    let sockets: Socket[] = [];
    const { waited, most } = await during(serving, `${api}:443`, async () => {
      sockets = await each(many, () => answered(absolute));
      await delay(500);
    });
    if (process.env['KEYWRIGHT_TEST_FLOOD'] !== undefined) {
      const figures = [(most - before) / 1024 / many, waited].map(Math.round).join(' ');
      process.stderr.write(`${many} idle connections: KiB each, ms: ${figures}\n`);
    }
    expect(sockets.filter((socket) => !socket.closed)).toHaveLength(many);
    expect(most - before).toBeLessThan(flat + many * 32 * 1024);
    expect(waited).toBeLessThan(patience);
    for (const socket of sockets) socket.destroy();
  });
});
