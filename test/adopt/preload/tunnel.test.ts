import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { OpenTunnel } from '../../../src/adopt/preload/tunnel.cjs';
import { startConnectProxy } from '../connect-proxy.js';
import { compilePreload } from './compiled-preload.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-tunnel-'));
compilePreload(folder);
const { openTunnel } = createRequire(join(folder, 'preload.cjs'))('./tunnel.cjs') as { openTunnel: OpenTunnel };
afterAll(() => rmSync(folder, { recursive: true }));

const authorization = `Basic ${Buffer.from('run:pass word').toString('base64')}`;

async function open(answer: Parameters<typeof startConnectProxy>[1], credentials: string | undefined = authorization) {
  const proxy = await startConnectProxy(1, answer);
  const result = await new Promise<Error | Socket>((resolve) => {
    openTunnel(
      { host: '127.0.0.1', port: proxy.port, authorization: credentials },
      'api.example.com',
      443,
      (error, socket) => resolve(error ?? (socket as Socket)),
    );
  });
  return { proxy, result };
}

describe('a tunnel that the proxy does not open', () => {
  it.each([
    ['HTTP/1.1 403 Forbidden\r\nx-keywright-request-id: 01ABC-x\r\n\r\n{"error":{}}', /403 \(request 01ABC-x\)$/],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', /502$/],
    ['SSH-2.0-OpenSSH\r\n\r\n', /no HTTP$/],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}`, /200$|no HTTP$|closed/],
    ['HTTP/1.1 200 OK\r\n', /closed the connection$/],
  ])('ends in an error that says so: %j', async (answer, message) => {
    const { proxy, result } = await open((socket) => socket.end(answer));
    expect(result).toMatchObject({ code: 'ERR_KEYWRIGHT_TUNNEL', message: expect.stringMatching(message) });
    expect((result as Error).message).toContain('api.example.com:443');
    await proxy.close();
  });

  it('ends in an error without the credentials', async () => {
    const { proxy, result } = await open(undefined, 'Basic d3Jvbmc6d3Jvbmc=');
    expect(result).toMatchObject({ message: expect.stringMatching(/407$/) });
    expect((result as Error).message).not.toContain('d3Jvbmc');
    await proxy.close();
  });

  it('ends in the error of the system where nothing listens', async () => {
    const proxy = await startConnectProxy(1);
    await proxy.close();
    const error = await new Promise((resolve) => {
      openTunnel({ host: '127.0.0.1', port: proxy.port, authorization: undefined }, 'a.test', 443, resolve);
    });
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('an open tunnel', () => {
  it('gives the bytes that came with the answer, and those after it', async () => {
    const { proxy, result } = await open((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r');
      setImmediate(() => socket.write('\nfirst'));
      socket.once('data', () => socket.end(' second'));
      socket.resume();
    });
    const socket = result as Socket;
    socket.write('go');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'end');
    expect(text).toBe('first second');
    expect(proxy.asked).toEqual(['api.example.com:443']);
    await proxy.close();
  });
});
