import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ConnectThrough } from '../../../src/adopt/preload/tunnel-stream.cjs';
import { startConnectProxy } from '../connect-proxy.js';
import { compilePreload } from './compiled-preload.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-stream-'));
compilePreload(folder);
const { connectThrough } = createRequire(join(folder, 'preload.cjs'))('./tunnel-stream.cjs') as {
  connectThrough: ConnectThrough;
};
afterAll(() => rmSync(folder, { recursive: true }));

const authorization = `Basic ${Buffer.from('run:pass word').toString('base64')}`;

async function stage(answer: Parameters<typeof startConnectProxy>[1]) {
  const proxy = await startConnectProxy(1, answer);
  return { proxy, ...connectThrough({ host: '127.0.0.1', port: proxy.port, authorization }, 'api.example.com', 443) };
}

describe('a stream through the proxy', () => {
  it('ends in the refusal of the proxy', async () => {
    const { proxy, stream } = await stage('HTTP/1.1 403 Forbidden\r\n\r\n');
    stream.write('early');
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error.message).toBe('no tunnel to api.example.com:443: the proxy answered 403');
    await proxy.close();
  });

  it('takes what is written before the tunnel is open, in order, and gives back every byte', async () => {
    const { proxy, stream } = await stage((socket) => {
      setImmediate(() => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(socket);
      });
    });
    const sent = Array.from({ length: 50 }, (_, index) => Buffer.alloc(40_000, index));
    const received = buffer(stream);
    for (const chunk of sent) stream.write(chunk);
    stream.end();
    expect((await received).equals(Buffer.concat(sent))).toBe(true);
    await proxy.close();
  });

  it('lets go of the connection when it is destroyed, opened or not', async () => {
    const { proxy, stream, socket } = await stage(() => undefined);
    stream.destroy();
    await once(stream, 'close');
    expect(socket.destroyed).toBe(true);
    await proxy.close();
  });

  it('does not read ahead of its reader', async () => {
    const { proxy, stream } = await stage((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        if (socket.write(Buffer.alloc(65_536))) setImmediate(more);
        else socket.once('drain', more);
      };
      more();
    });
    stream.read(0);
    await once(stream, 'readable');
    const held = stream.readableLength;
    expect(held).toBeLessThan(1_000_000);
    stream.destroy();
    await proxy.close();
  });
});
