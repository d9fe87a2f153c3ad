import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const chunk = randomBytes(64 * 1024);
let origin: Origin;
let proxy: TestProxy;
let uploaded = '';

function serve(incoming: IncomingMessage, response: ServerResponse): void {
  if (incoming.url === '/early') {
    response.writeHead(413).end('too large');
    return;
  }
  const hash = createHash('sha256');
  incoming.on('data', (part: Buffer) => hash.update(part));
  incoming.on('end', () => {
    uploaded = hash.digest('hex');
    response.end('ok');
  });
}

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com'], serve);
  proxy = await startProxy({
    origins: { 'api.example.com:443': origin.port },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com] }
policies:
  - name: api
    hosts: [api.example.com]
    inject: [{ place: header, name: x-api-key, template: "{api}" }]
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function post(path: string, headers: Record<string, string> = {}): Promise<ClientRequest> {
  const socket = await openSecureTunnel(proxy, 'api.example.com:443');
  const request = httpRequest({
    createConnection: () => socket,
    path,
    method: 'POST',
    headers: { host: 'api.example.com', ...headers },
  });
  request.on('error', () => undefined);
  return request;
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

describe('a request body', () => {
  it('of 20 MiB comes through identical', async () => {
    const request = await post('/upload');
    const expected = createHash('sha256');
    for (let i = 0; i < 320; i += 1) {
      expected.update(chunk);
      if (!request.write(chunk)) await once(request, 'drain');
    }
    request.end();
    await answerTo(request);
    expect(uploaded).toBe(expected.digest('hex'));
    expect(proxy.records().at(-1)?.kind).toMatch(/use|end/);
  });

  it('is waited for with Expect: 100-continue, and the client is told to go on', async () => {
    const request = await post('/upload', { expect: '100-continue', 'content-length': '3' });
    await once(request, 'continue');
    request.end('abc');
    expect((await answerTo(request)).statusCode).toBe(200);
    expect(uploaded).toBe(createHash('sha256').update('abc').digest('hex'));
  });

  it('that is too large for the destination gets its early answer', async () => {
    const request = await post('/early');
    request.write(chunk);
    const response = await answerTo(request);
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  it('that the caller gives up ends at the destination too', async () => {
    const request = await post('/upload');
    request.write(chunk);
    await delay(50);
    request.destroy();
    for (let i = 0; i < 100 && proxy.records().at(-1)?.['code'] !== 'caller_gone'; i += 1) await delay(20);
    expect(proxy.records().at(-1)).toMatchObject({ kind: 'end', code: 'caller_gone' });
  });
});
