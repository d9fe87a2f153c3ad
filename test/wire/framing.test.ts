import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

/** A destination that would answer whatever comes: what arrives at all is the test. */
let arrived = '';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startRawOrigin(authority, ['api.example.com'], (socket) => {
    socket.on('data', (chunk) => {
      arrived += chunk.toString('latin1');
      if (/chunked/i.test(arrived) && !arrived.endsWith('0\r\n\r\n')) return;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
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
    methods: [GET, POST, HEAD, OPTIONS, PUT]
    paths: ["/**"]
    inject: [{ place: header, name: x-api-key, template: "{api}" }]
limits: { header_count: 40, header_bytes: 8KiB, headers_timeout: 1s }
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function send(bytes: string, until = /\}\n$|ok$/): Promise<string> {
  arrived = '';
  const socket = await openSecureTunnel(proxy, 'api.example.com:443');
  const text = await converse(socket, bytes, until);
  socket.destroy();
  return text;
}

const host = 'Host: api.example.com\r\n';

describe('a request that could be read twice', () => {
  const scripts: [name: string, status: number, bytes: string][] = [
    [
      'Content-Length and Transfer-Encoding',
      400,
      `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      400,
      `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    ],
    ['two Content-Lengths', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
    ['a list of Content-Lengths', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc`],
    ['a signed Content-Length', 400, `POST / HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`],
    ['xchunked', 400, `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['gzip, chunked', 400, `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    [
      'chunked twice',
      400,
      `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['chunked in HTTP/1.0', 400, `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [
      'an oversized chunk size',
      400,
      `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc`,
    ],
    ['a folded header', 400, `GET / HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n\r\n`],
    ['a bare LF', 400, `GET / HTTP/1.1\n${host.replace('\r', '')}\n`],
    ['NUL in a header', 400, `GET / HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`],
    ['a space before the colon', 400, `GET / HTTP/1.1\r\n${host}X-A : 1\r\n\r\n`],
    ['two Hosts', 400, `GET / HTTP/1.1\r\n${host}${host}\r\n`],
    ['no Host', 400, 'GET / HTTP/1.1\r\nX-A: 1\r\n\r\n'],
    ['a list in Host', 400, 'GET / HTTP/1.1\r\nHost: api.example.com, other.example.com\r\n\r\n'],
    ['userinfo in Host', 400, 'GET / HTTP/1.1\r\nHost: a@api.example.com\r\n\r\n'],
    ['a fragment', 400, `GET /a#b HTTP/1.1\r\n${host}\r\n`],
    ['HTTP/2.0 in the request line', 400, `GET / HTTP/2.0\r\n${host}\r\n`],
    ['a path that escapes upwards', 400, `GET /a/%2e%2e/b HTTP/1.1\r\n${host}\r\n`],
    ['a path with an encoded slash', 400, `GET /a%2Fb HTTP/1.1\r\n${host}\r\n`],
    ['a path with a backslash', 400, `GET /a\\..\\b HTTP/1.1\r\n${host}\r\n`],
    ['a path with a double slash', 400, `GET //other.example.com/b HTTP/1.1\r\n${host}\r\n`],
    ['TRACE', 405, `TRACE / HTTP/1.1\r\n${host}\r\n`],
    ['CONNECT inside a tunnel', 400, `CONNECT api.example.com:443 HTTP/1.1\r\n${host}\r\n`],
    ['more headers than the limit', 431, `GET / HTTP/1.1\r\n${host}${'X-A: 1\r\n'.repeat(41)}\r\n`],
    ['larger headers than the limit', 431, `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(9000)}\r\n\r\n`],
  ];

  it.each(scripts)('is refused: %s', async (_, status, bytes) => {
    const text = await send(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(/"request_id":"[0-9a-f-]{36}"/);
    expect(arrived).toBe('');
  });

  it('closes the connection, so that what follows is never read as a request', async () => {
    const text = await send(
      `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n${host}\r\n`,
      /never/,
    );
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(arrived).toBe('');
  });
});

describe('a request that reads one way', () => {
  it('goes on with its body as one length, and with the Host of the decision', async () => {
    const text = await send(
      `POST /a?b=c HTTP/1.1\r\nhOST: API.example.com:443\r\nTransfer-Encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(arrived).toMatch(/^POST \/a\?b=c HTTP\/1\.1\r\nhost: api\.example\.com\r\n/);
    expect(arrived.match(/host:/gi)).toHaveLength(1);
    // A body that has come whole by the time it is sent has a length; one that is still coming has chunks. Never both.
    expect(arrived.match(/transfer-encoding: chunked|content-length: 3/gi)).toHaveLength(1);
    expect(arrived).toMatch(/\r\n\r\n(3\r\n)?abc/);
  });

  it('keeps the connection for the next one', async () => {
    arrived = '';
    const socket = await openSecureTunnel(proxy, 'api.example.com:443');
    for (const path of ['/one', '/two']) {
      expect(await converse(socket, `GET ${path} HTTP/1.1\r\n${host}\r\n`, /ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    }
    socket.destroy();
  });

  it('in absolute form inside its tunnel is taken, and for another host is misdirected', async () => {
    expect(await send(`GET https://api.example.com/x HTTP/1.1\r\n${host}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await send(`GET https://other.example.com/x HTTP/1.1\r\nHost: other.example.com\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 421 /,
    );
  });
});
