import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { converse, generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const secret = generatedSecret();
let origin: Origin;
let clear: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com']);
  clear = await startOrigin(undefined, []);
  proxy = await startProxy({
    origins: {
      'api.example.com:443': origin.port,
      'api.example.com:80': clear.port,
      'open.example.com:80': clear.port,
    },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com, "api.example.com:80", "open.example.com:80"] }
policies:
  - name: api
    hosts: [api.example.com]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
  - name: clear
    hosts: ["api.example.com:80"]
  - name: open
    hosts: ["open.example.com:80"]
    unsafe_cleartext: true
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([origin.close(), clear.close()]);
});

async function ask(head: string): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  const text = await converse(socket, `${head}Proxy-Authorization: ${proxy.authorization}\r\n\r\n`, /\}\n$|ok$/);
  socket.destroy();
  return text;
}

describe('a request in absolute form', () => {
  it('for an https resource is sent over TLS, with the credential (axios before 1.16.1)', async () => {
    const text = await ask(
      'POST https://api.example.com/v1?x=1 HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 0\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    const [seen] = origin.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/v1?x=1' });
    expect(seen?.rawHeaders).toContain(`Bearer ${secret}`);
    expect(seen?.rawHeaders.join()).not.toContain(proxy.authorization);
  });

  it('for an http resource carries no credential unless the policy says so', async () => {
    expect(await ask('GET http://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    expect(clear.seen.at(-1)?.rawHeaders.join()).not.toContain(secret);
    expect(await ask('GET http://open.example.com/ HTTP/1.1\r\nHost: open.example.com\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(clear.seen.at(-1)?.rawHeaders).toContain(`Bearer ${secret}`);
  });

  it('for the credentialed port in the clear is refused, and nothing is sent', async () => {
    const before = clear.seen.length + origin.seen.length;
    const text = await ask('GET http://api.example.com:443/ HTTP/1.1\r\nHost: api.example.com:443\r\n');
    expect(text).toContain('"code":"cleartext_credential"');
    expect(clear.seen.length + origin.seen.length).toBe(before);
  });

  it('with another Host than its target is misdirected', async () => {
    expect(await ask('GET https://api.example.com/ HTTP/1.1\r\nHost: other.example.com\r\n')).toMatch(
      /^HTTP\/1\.1 421 /,
    );
  });

  it.each([
    'GET / HTTP/1.1\r\nHost: api.example.com\r\n',
    'GET ftp://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n',
  ])('is what a forward proxy takes: %j is not', async (head) => {
    expect(await ask(head)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"not_proxied"/);
  });

  it('to the proxy itself is refused', async () => {
    const text = await ask(`GET http://127.0.0.1:${proxy.port}/ HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('without proxy credentials is answered 407, and the connection goes on', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    const line = 'GET http://open.example.com/ HTTP/1.1\r\nHost: open.example.com\r\n';
    expect(await converse(socket, `${line}\r\n`, /\}\n$/)).toMatch(/^HTTP\/1\.1 407 /);
    expect(await converse(socket, `${line}Proxy-Authorization: ${proxy.authorization}\r\n\r\n`, /ok$/)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    socket.destroy();
  });
});
