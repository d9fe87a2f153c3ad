import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import {
  converse,
  generatedSecret,
  openSecureTunnel,
  openTunnel,
  readHead,
  startProxy,
  type TestProxy,
} from '../support/proxy.js';

let origin: Origin;
let plain: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com', 'blind.example.com']);
  plain = await startOrigin(undefined, []);
  proxy = await startProxy({
    origins: {
      'api.example.com:443': origin.port,
      'blind.example.com:443': origin.port,
      'clear.example.com:80': plain.port,
    },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com] }
policies:
  - { name: blind, hosts: [blind.example.com], action: tunnel }
  - { name: clear, hosts: ["clear.example.com:80"] }
  - name: api
    hosts: [api.example.com]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { handshake_timeout: 500ms, wrong_credentials: 3 }
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([origin.close(), plain.close()]);
});

async function ask(bytes: string, until = /\r\n\r\n.*\}\n$/s): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  const text = await converse(socket, bytes, until);
  socket.destroy();
  return text;
}

describe('CONNECT without a known caller', () => {
  it('is answered 407 with a challenge, and the connection goes on', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    const first = await converse(
      socket,
      'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n',
      /\}\n$/,
    );
    expect(first).toMatch(/^HTTP\/1\.1 407 .*\r\nproxy-authenticate: Basic realm=/is);
    expect(first).not.toMatch(/connection: close/i);
    const line = `CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\n`;
    expect(await converse(socket, line, /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('is closed after a few rounds', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    let rounds = 0;
    socket.on('error', () => undefined);
    while (rounds < 20 && !socket.destroyed) {
      rounds += 1;
      const answer = await converse(
        socket,
        'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n',
        /\}\n$/,
      );
      if (/connection: close/i.test(answer)) break;
    }
    expect(rounds).toBeLessThan(10);
    socket.destroy();
  });

  it('is counted in the audit, not chained one by one', () => {
    expect(proxy.records().filter(({ kind }) => kind === 'refused')).toEqual([]);
  });
});

describe('CONNECT that is malformed', () => {
  it.each([
    ['bad_authority', 'CONNECT api.example.com:0443 HTTP/1.1\r\nHost: api.example.com\r\n'],
    ['bad_authority', 'CONNECT api.example.com:99999 HTTP/1.1\r\nHost: api.example.com\r\n'],
    ['bad_authority', 'CONNECT user@api.example.com:443 HTTP/1.1\r\nHost: api.example.com\r\n'],
    ['bad_authority', 'CONNECT api.example.com HTTP/1.1\r\nHost: api.example.com\r\n'],
    ['bad_authority', 'CONNECT api%2eexample.com:443 HTTP/1.1\r\nHost: api.example.com\r\n'],
    ['bad_authority', 'CONNECT 2130706433:443 HTTP/1.1\r\nHost: 2130706433\r\n'],
    ['bad_framing', 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nContent-Length: 3\r\n'],
    [
      'bad_framing',
      'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nTransfer-Encoding: chunked\r\n',
    ],
  ])('is refused with %s: %j', async (code, head) => {
    const text = await ask(`${head}Proxy-Authorization: ${proxy.authorization}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toMatch(/connection: close/i);
  });

  it('has what was pipelined after it dropped', async () => {
    const line = `CONNECT other.example.com:443 HTTP/1.1\r\nHost: x.example\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\nGET http://clear.example.com/ HTTP/1.1\r\nHost: clear.example.com\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\n`;
    const text = await ask(line, /never/);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).toContain('"code":"no_policy"');
  });
});

describe('a tunnel that is intercepted', () => {
  it('has a leaf for the CONNECT host, signed by our CA', async () => {
    const socket = await openSecureTunnel(proxy, 'api.example.com:443');
    expect(socket.getPeerCertificate().subjectaltname).toBe('DNS:api.example.com');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it.each(['Host: other.example.com', 'Host: api.example.com:444', 'Host: clear.example.com'])(
    'answers 421 where the request says %s, and sends nothing',
    async (host) => {
      const before = origin.seen.length;
      const socket = await openSecureTunnel(proxy, 'api.example.com:443');
      const text = await converse(socket, `GET / HTTP/1.1\r\n${host}\r\n\r\n`, /\}\n$/);
      expect(text).toMatch(/^HTTP\/1\.1 421 /);
      expect(origin.seen).toHaveLength(before);
      socket.destroy();
    },
  );

  it('answers 421 where the TLS handshake names another host', async () => {
    const before = origin.seen.length;
    const socket = await openSecureTunnel(proxy, 'api.example.com:443', 'other.example.com');
    const text = await converse(socket, 'GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n', /\}\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(origin.seen).toHaveLength(before);
    socket.destroy();
  });

  it('takes a name in another case, or with a trailing dot, in one way only', async () => {
    const socket = await openSecureTunnel(proxy, 'API.Example.com:443', 'API.EXAMPLE.COM');
    const text = await converse(socket, 'GET / HTTP/1.1\r\nHost: Api.Example.Com\r\n\r\n', /ok$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('is cut where no byte follows the 200 in time', async () => {
    const { socket, answer } = await openTunnel(proxy, 'api.example.com:443');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    socket.resume();
    await once(socket, 'close');
  });

  it('is cut where a handshake is begun and never ended', async () => {
    const { socket } = await openTunnel(proxy, 'api.example.com:443');
    socket.on('error', () => undefined);
    socket.write(Buffer.from('160301', 'hex'));
    socket.resume();
    await once(socket, 'close');
  });

  it('serves clear HTTP where the first byte is not TLS, and never with a credential', async () => {
    const { socket } = await openTunnel(proxy, 'clear.example.com:80');
    const text = await converse(socket, 'GET /x HTTP/1.1\r\nHost: clear.example.com\r\n\r\n', /ok$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    const { socket: second } = await openTunnel(proxy, 'api.example.com:443');
    const refused = await converse(second, 'GET /x HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n', /\}\n$/);
    expect(refused).toContain('"code":"cleartext_credential"');
    second.destroy();
  });
});

describe('a blind tunnel', () => {
  it('carries TLS to its end, unread', async () => {
    const { socket } = await openTunnel(proxy, 'blind.example.com:443');
    const { connect: connectTls } = await import('node:tls');
    const secure = connectTls({ socket, servername: 'blind.example.com', rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    expect(secure.getPeerCertificate().issuer.CN).toBe('Test destination CA');
    const text = await converse(secure, 'GET / HTTP/1.1\r\nHost: anything.example\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    await once(socket, 'close').catch(() => undefined);
  });

  it.each([
    ['another server name', 'api.example.com'],
    ['no server name', ''],
  ])('is cut where the ClientHello has %s', async (_, servername) => {
    const { socket } = await openTunnel(proxy, 'blind.example.com:443');
    const { connect: connectTls } = await import('node:tls');
    const secure = connectTls({ socket, servername, rejectUnauthorized: false });
    await once(secure, 'error');
    socket.destroy();
  });

  it('is cut where it carries something else', async () => {
    const { socket } = await openTunnel(proxy, 'blind.example.com:443');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await readHead(socket)).toBe('');
  });
});

describe('wrong proxy credentials', () => {
  it('are answered 407, and 429 after a few', async () => {
    const wrong = Buffer.from('guesser:wrong-password').toString('base64');
    const line = `CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nProxy-Authorization: Basic ${wrong}\r\n\r\n`;
    const statuses: string[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await ask(line)).slice(9, 12));
    expect(statuses).toEqual(['407', '407', '407', '429', '429']);
  });
});
