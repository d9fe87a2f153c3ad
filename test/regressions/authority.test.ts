import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRawOrigin } from '../support/origin.js';
import { openTunnel } from '../support/proxy.js';
import { answered, api, exchange, get, ok, outcome, startWorld, type World } from './world.js';

let world: World;
let clear: Awaited<ReturnType<typeof startRawOrigin>>;
let clearText = '';

beforeAll(async () => {
  clear = await startRawOrigin(undefined, [], (socket) => {
    socket.on('data', (bytes) => {
      clearText += bytes.toString('latin1');
      socket.write(ok);
    });
  });
  world = await startWorld({
    origins: { [`${api}:80`]: clear.port, [`${api}:8443`]: clear.port },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}, "${api}:8443"] }
policies:
  - { name: clear, hosts: ["${api}:80", open.example.com] }
  - name: api
    hosts: [${api}, "${api}:8443"]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { handshake_timeout: 1s, drain_timeout: 300ms }
`,
  });
});
afterAll(async () => {
  await world.close();
  await clear.close();
});

async function withServerName(servername: string, bytes: string): Promise<string> {
  const { socket } = await openTunnel(world.proxy, `${api}:443`);
  const secure = connectTls({ socket, servername, ca: world.proxy.trustPem, checkServerIdentity: () => undefined });
  return exchange(secure, bytes);
}

describe('CONNECT host ≠ SNI ≠ Host', () => {
  it.each([
    ['open.example.com', get()],
    [`${api}.evil.example`, get()],
    [`x.${api}`, get()],
    ['api.example.co', get()],
    [`${api}.`, get()],
  ])('a handshake that names %s gets 421 and nothing is sent, though Host is right', async (servername, bytes) => {
    world.reset();
    const text = await withServerName(servername, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(world.arrived()).toBe('');
    expect(world.leaks(text)).toEqual([]);
  });

  it('is written down as a refusal of the client who tried it, and where', async () => {
    world.reset();
    await world.inside(`GET / HTTP/1.1\r\nHost: open.example.com\r\n\r\n`);
    expect(world.proxy.records().at(-1)).toMatchObject({
      kind: 'refused',
      client: 'desk',
      host: api,
      code: 'authority_mismatch',
    });
  });

  it('is looked at again for each request of a connection', async () => {
    world.reset();
    const text = await world.inside(
      `${get('/1')}${get('/2').replace(`Host: ${api}`, 'Host: open.example.com')}${get('/3').replace(`Host: ${api}`, `Host: ${api}:8443`)}`,
      /(421[^]*){2}\}\n$/,
    );
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421', 'HTTP/1.1 421']);
    expect(world.arrived().match(/^GET .*$/gm)).toHaveLength(1);
  });
});

describe('one canonical form or 400, never two readings', () => {
  const spellings = [
    `${api}.`,
    `${api}..`,
    `.${api}`,
    'api%2eexample.com',
    'api.example%2Ecom',
    `${api}%00`,
    `${api}%00.evil.example`,
    `evil.example@${api}`,
    `${api}@evil.example`,
    `user:pass@${api}`,
    `${api}\\.evil.example`,
    `${api},evil.example`,
    `${api};evil`,
    'api..example.com',
    '[api.example.com]',
    `${api}/`,
    `${api}?`,
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '127.1',
    '[::1%lo]',
    '[::ffff:127.0.0.1',
    '\xe2\x80\xaeapi.example.com',
  ];
  const ports = ['0443', '+443', ' 443', '-1', '0', '65536', '99999', '443.0', '0x1bb', '443:443', ''];

  it.each([...spellings.map((host) => `${host}:443`), ...ports.map((port) => `${api}:${port}`)])(
    'in CONNECT and Host: %j',
    async (authority) => {
      world.reset();
      const texts = [
        await world.ask(`CONNECT ${authority} HTTP/1.1\r\nHost: x.example\r\nAUTH\r\n\r\n`),
        await world.inside(`GET / HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
        await world.ask(`GET https://${authority}/ HTTP/1.1\r\nHost: ${api}\r\nAUTH\r\n\r\n`),
      ];
      // As a URL `host/:443` and `host?:443` are another path and query of the same host: the one reading there is.
      const statuses = texts.map((text) => text.slice(9, 12));
      expect(statuses.filter((status) => status !== '400' && status !== '421' && status !== '200')).toEqual([]);
      expect(statuses.slice(0, 2).filter((status) => status === '200')).toEqual([]);
      if (statuses[2] === '200') expect(world.arrived()).toMatch(/^GET \/[/?]?:443\/ |^GET \/\?:443\/ /);
      else expect(world.arrived()).toBe('');
      expect(world.leaks(...texts)).toEqual([]);
    },
  );

  it.each([
    ['upper case', 'API.EXAMPLE.COM'],
    ['fullwidth letters', Buffer.from('ａｐｉ.example.com').toString('latin1')],
  ])('%s is the same host everywhere, and arrives as its canonical form', async (_, host) => {
    for (const bytes of [`GET https://${host}/ HTTP/1.1\r\nHost: ${host}\r\nAUTH\r\n\r\n`]) {
      world.reset();
      const text = await world.ask(bytes);
      expect(['200', '400']).toContain(text.slice(9, 12));
      if (text.startsWith('HTTP/1.1 200')) expect(world.arrived()).toMatch(new RegExp(`\\r\\nhost: ${api}\\r\\n`));
      else expect(world.arrived()).toBe('');
    }
  });

  it('a handshake without a name is bound by its CONNECT', async () => {
    world.reset();
    expect(await withServerName('', get())).toMatch(/^HTTP\/1\.1 200 /);
    expect(world.arrived()).toMatch(new RegExp(`^GET / HTTP/1.1\\r\\nhost: ${api}\\r\\n`));
    expect(await withServerName('', get().replace(api, 'open.example.com'))).toMatch(/^HTTP\/1\.1 421 /);
  });
});

describe('an absolute form inside a tunnel', () => {
  it.each([
    [`http://${api}/`, '421'],
    [`http://${api}:443/`, '421'],
    [`https://${api}:8443/`, '421'],
    [`https://open.example.com/`, '421'],
    [`https://x@${api}/`, '400'],
    [`https://${api}@open.example.com/`, '400'],
    [`ftp://${api}/`, '400'],
    ['*', '400'],
    [api, '400'],
  ])('never leads elsewhere: %s', async (target, status) => {
    world.reset();
    clearText = '';
    const text = await world.inside(`GET ${target} HTTP/1.1\r\nHost: ${api}\r\n\r\n`);
    expect(text.slice(9, 12)).toBe(status);
    expect(world.arrived() + clearText).toBe('');
  });
});

describe('plain-HTTP request with a Host of a credentialed destination', () => {
  it.each([
    ['through a tunnel to its TLS port', `CONNECT ${api}:443`, `Host: ${api}:443`],
    ['through a tunnel to another credentialed port', `CONNECT ${api}:8443`, `Host: ${api}:8443`],
  ])('has no credential: %s', async (_, line, host) => {
    world.reset();
    clearText = '';
    const authority = line.slice('CONNECT '.length);
    const { socket } = await openTunnel(world.proxy, authority);
    const text = await exchange(socket, `GET / HTTP/1.1\r\n${host}\r\n\r\n`, answered);
    expect(outcome(text)).toBe('cleartext_credential');
    expect(clearText + world.arrived()).toBe('');
  });

  it('has no credential on port 80, by Host or by scheme', async () => {
    clearText = '';
    expect(await world.ask(`GET http://${api}/ HTTP/1.1\r\nHost: ${api}\r\nAUTH\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await world.ask(`GET http://${api}/ HTTP/1.1\r\nHost: ${api}:443\r\nAUTH\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 421 /,
    );
    expect(await world.ask(`GET https://${api}:80/ HTTP/1.1\r\nHost: ${api}:80\r\nAUTH\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 502 /,
    );
    expect(clearText).not.toContain(world.secret);
  });
});
