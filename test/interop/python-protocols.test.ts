import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Metadata, type sendUnaryData, type ServerDuplexStream, type ServerUnaryCall } from '@grpc/grpc-js';
import { WebSocketServer } from 'ws';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { startOrigin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';
import { grpcHost, startGrpcServer } from './grpc.js';
import { clients, ended, has, python } from '../support/run.js';

jest.setTimeout(30_000);

const authority = testAuthority();
const host = 'api.example.com';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A proxy that puts a token on every request to the destination, and that token. */
async function proxyTo(name: string, port: number): Promise<{ proxy: TestProxy; secret: string; roots: string }> {
  const secret = generatedSecret();
  const proxy = await startProxy({
    origins: { [`${name}:443`]: port },
    authority,
    environment: { SECRET: secret },
    yaml: `
secrets: { token: { from: env, name: SECRET, hosts: [${name}] } }
policies:
  - name: api
    clients: [desk]
    hosts: [${name}]
    paths: [/test.Echo/*, /api, /socket]
    inject: [{ place: header, name: authorization, template: "Bearer {token}" }]`,
  });
  closing.push(() => proxy.close());
  const roots = join(proxy.folder, 'roots.pem');
  writeFileSync(roots, proxy.trustPem);
  return { proxy, secret, roots };
}

async function answerOf(script: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(python, [`${clients}${script}`, ...args], { env: { PATH: process.env['PATH'], ...environment } });
  child.stdin.end();
  const { code, stdout, stderr } = await ended(child);
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}: ${stderr.slice(-2000)}`);
  return { answer: JSON.parse(stdout) as Readonly<Record<string, unknown>>, said: stdout + stderr };
}

describe('clients in Python', () => {
  it('gRPC is called through the proxy', async () => {
    if (!has(python, '-c', 'import grpc')) return;
    let token = '';
    const server = await startGrpcServer(authority, {
      Unary(call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>): void {
        token = String(call.metadata.get('authorization')[0]);
        const first = new Metadata();
        first.set('x-first', 'of the answer');
        call.sendMetadata(first);
        answer(null, `${call.request}: ${token}`);
      },
      Talk(call: ServerDuplexStream<string, string>): void {
        call.on('data', (message: string) => call.write(message.toUpperCase())).on('end', () => call.end());
      },
    });
    closing.push(() => server.close());
    const { proxy, secret, roots } = await proxyTo(grpcHost, server.port);
    const { answer, said } = await answerOf('grpc_call.py', [`${grpcHost}:443`, roots], { grpc_proxy: proxy.url });
    expect(token).toBe(`Bearer ${secret}`);
    expect(answer).toEqual({
      answer: `echo: Bearer ${'*'.repeat(secret.length)}`,
      first: ['of the answer'],
      answers: ['ONE', 'TWO'],
      refused: 'PERMISSION_DENIED',
    });
    expect(said).not.toContain(secret);
  });

  it('httpx speaks HTTP/2 to the proxy, whatever the destination speaks', async () => {
    if (!has(python, '-c', 'import httpx, h2')) return;
    const origin = await startOrigin(authority, [host], (request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString())).on('end', () => response.end(`got ${body}`));
    });
    closing.push(() => origin.close());
    const { proxy, secret, roots } = await proxyTo(host, origin.port);
    const { answer } = await answerOf('httpx_http2.py', [`https://${host}/api`, proxy.url, roots]);
    expect(answer).toEqual({ versions: ['HTTP/2'], texts: Array.from({ length: 20 }, (_, i) => `got body ${i}`) });
    expect(origin.seen).toHaveLength(20);
    for (const { rawHeaders } of origin.seen) expect(rawHeaders).toContain(`Bearer ${secret}`);
  });

  it('websockets exchanges messages, large ones too, and never sees the token', async () => {
    if (!has(python, '-c', 'import websockets')) return;
    const server = createServer(serverCertificate(authority, [host]));
    const tokens: unknown[] = [];
    const codes: number[] = [];
    new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket, request) => {
      tokens.push(request.headers.authorization);
      socket.on('close', (code) => codes.push(code));
      socket.on('message', (message, isBinary) => {
        const text = (message as Buffer).toString();
        socket.send(text === 'secret' ? String(request.headers.authorization) : text, { binary: isBinary });
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => server.close());
    const { proxy, secret, roots } = await proxyTo(host, (server.address() as AddressInfo).port);
    const { answer } = await answerOf('websockets_echo.py', [`wss://${host}/socket`, proxy.url, roots]);
    expect(tokens).toEqual([`Bearer ${secret}`]);
    expect(answer).toEqual({
      short: ['hello', `Bearer ${'*'.repeat(secret.length)}`, 'bytes'],
      long: 3_000_000,
      code: 4001,
    });
    expect(codes).toEqual([4001]);
  });
});
