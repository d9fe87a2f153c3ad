import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ClientHttp2Session } from 'node:http2';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const api = 'api.example.com';
const secret = generatedSecret();
let origin: Origin;
let proxy: TestProxy;
let session: ClientHttp2Session;
beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [api], (request, response) => {
    request.pipe(response);
  });
  proxy = await startProxy({
    authority,
    origins: { [`${api}:443`]: origin.port },
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${api}] } }
policies:
  - { name: api, hosts: [${api}], paths: [/**], methods: [GET, HEAD, POST], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }
`,
  });
  session = await openHttp2(proxy, `${api}:443`);
});
afterAll(async () => {
  session.destroy();
  await proxy.close();
  await origin.close();
});

jest.setTimeout(3000);
describe('x', () => {
  it('y', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/x' }, { endStream: false });
    stream.on('close', () => console.log('closed', stream.rstCode, proxy.reports)); stream.end('hello');
    console.log(await answerOf(stream), origin.seen, proxy.records());
  });
  it('z', async () => {
    const stream = session.request({ ':method': 'DELETE', ':path': '/x' }, { endStream: false });
    stream.on('close', () => console.log('closed', stream.rstCode, proxy.reports)); stream.end('hello');
    console.log(await answerOf(stream), origin.seen, proxy.records());
  });
  it('z', async () => {
    const stream = session.request({ ':method': 'DELETE', ':path': '/x', 'content-type': 'application/grpc' }, { endStream: false });
    stream.on('close', () => console.log('closed', stream.rstCode, proxy.reports)); stream.end('hello');
    console.log(await answerOf(stream), origin.seen, proxy.records());
  });
});
