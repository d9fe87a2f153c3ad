import { writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { originOf } from '../../src/net/client.js';
import type { BackendServer, Fault } from '../secrets/backend-server.js';
import { Asking, failureOf, value } from './asking.js';

let asking: Asking;
let server: BackendServer;
const get: Asking['get'] = (...given) => asking.get(...given);
const client: Asking['client'] = (...given) => asking.client(...given);
const listening: Asking['listening'] = (other) => asking.listening(other);

beforeEach(async () => {
  asking = await Asking.open(({ path, method }) => ({ status: 200, body: { path, method } }));
  server = asking.server;
});
afterEach(() => asking.close());

describe('a backend in cleartext', () => {
  it('is asked nothing unless that is allowed', async () => {
    let asked = 0;
    const port = await listening(
      createPlain((_, response) => {
        asked += 1;
        response.end('{}');
      }),
    );
    const address = new URL(`http://127.0.0.1:${port}`);
    expect(await failureOf(get({ address }))).toMatchObject({ kind: 'tls' });
    expect(asked).toBe(0);
    expect(await get({ address, allowCleartext: true, caFile: undefined })).toMatchObject({ status: 200, text: '{}' });
    expect(asked).toBe(1);
  });
});

describe('a file of certificates', () => {
  it('is named where there is none in it, before anything is asked', async () => {
    const caFile = join(server.folder, 'notes.pem');
    writeFileSync(caFile, 'not a certificate');
    const failure = await failureOf(get({ caFile }));
    expect([failure.kind, failure.message]).toEqual(['files', `ca_file ${caFile} holds no certificate in PEM`]);
    expect(server.requests).toEqual([]);
  });
});

describe('a path', () => {
  it.each([
    ['a dot segment', '/v1/../sys'],
    ['a dot segment at its end', '/v1/..'],
    ['a dot', '/v1/./x'],
    ['an encoded dot segment', '/v1/%2e%2E/sys'],
    ['a half encoded dot segment', '/v1/.%2e/sys'],
    ['a host', '//elsewhere.example/x'],
    ['no slash before it', 'v1/x'],
    ['nothing', ''],
    ['a backslash', '/v1\\..\\sys'],
    ['a space', '/v1/a b'],
    ['a line end', '/v1/x\r\nx-header: 1'],
    ['a fragment', '/v1/x#y'],
    ['more than ASCII', '/v1/é'],
  ])('is refused that has %s', async (_, path) => {
    expect(await failureOf(get({}, path))).toMatchObject({ kind: 'protocol' });
    expect(server.requests).toEqual([]);
  });

  it('is sent as it is, behind that of the address', async () => {
    const path = '/v1/a%2Fb/c;d?list=true&x=../y';
    expect(await get({ address: new URL(`${server.address}/base/`) }, path)).toMatchObject({ status: 200 });
    expect(server.requests[0]?.path).toBe(`/base${path}`);
  });
});

describe('an answer that cannot be used', () => {
  it.each<[Fault, string]>([
    ['hang up', 'unreachable'],
    ['half an answer', 'unreachable'],
    ['huge', 'too_large'],
    ['not utf-8', 'protocol'],
    ['coded', 'protocol'],
  ])('is told by its kind, and never tried again: %s', async (fault, kind) => {
    server.fault = fault;
    const failing = client().request({
      method: 'POST',
      path: '/v1/x',
      headers: { 'x-token': value },
      body: value,
      signal: AbortSignal.timeout(5000),
    });
    expect(await failureOf(failing)).toMatchObject({ kind });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['is no HTTP', 'SSH-2.0-x\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['has a header section without end', `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(40)}`],
  ])('%s', async (_, bytes) => {
    const port = await listening(
      createServer((socket) => void socket.on('error', () => undefined).once('data', () => socket.end(bytes))),
    );
    const address = new URL(`http://127.0.0.1:${port}`);
    const { kind } = await failureOf(get({ address, allowCleartext: true }));
    expect(['protocol', 'unreachable', 'too_large']).toContain(kind);
  });

  it('does not come: the reason of the signal is told', async () => {
    server.fault = 'never';
    await expect(get({}, '/v1/x', 100)).rejects.toMatchObject({ name: 'TimeoutError' });
    const controller = new AbortController();
    const reason = new TypeError('gone');
    controller.abort(reason);
    await expect(client().request({ method: 'GET', path: '/', signal: controller.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it('comes from nowhere', async () => {
    const gone = createServer();
    const port = await listening(gone);
    gone.close();
    expect((await failureOf(get({ address: new URL(`https://localhost:${port}`) }))).message).toBe(
      `localhost:${port} cannot be reached (ECONNREFUSED)`,
    );
  });
});

describe('an answer', () => {
  it('is taken whatever its status, and a redirect is one like any other', async () => {
    server.fault = 'redirect';
    const answer = await get();
    expect([answer.status, answer.headers.get('location')]).toEqual([307, expect.stringMatching(/^http:/)]);
    server.fault = 'status 503';
    expect(await get()).toMatchObject({ status: 503, text: '{}' });
    expect(server.elsewhere).toEqual([]);
  });

  it('is to a request with its method, headers and body', async () => {
    await client().request({
      method: 'PATCH',
      path: '/v1/x',
      headers: { 'x-token': 'a' },
      body: 'text',
      signal: AbortSignal.timeout(5000),
    });
    expect(server.requests[0]).toMatchObject({
      method: 'PATCH',
      body: 'text',
      headers: { 'x-token': 'a', accept: 'application/json' },
    });
  });
});

describe('a client that is closed', () => {
  it('has nothing open, and gives up what is under way', async () => {
    server.fault = 'never';
    const closed = client();
    const asking = closed.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(5000) });
    const failing = failureOf(asking);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const begin = performance.now();
    await closed.close();
    await failing;
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TLSWrap').length).toBeLessThanOrEqual(2);
    await closed.close();
    await client().close();
  });
});

describe('the origin of an address', () => {
  it.each([
    ['https://vault.example', 'vault.example:443'],
    ['http://vault.example', 'vault.example:80'],
    ['https://VAULT.example:8200/x', 'vault.example:8200'],
    ['https://[::1]:8200', '[::1]:8200'],
  ])('%s is %s', (address, origin) => {
    expect(originOf(new URL(address))).toBe(origin);
  });
});
