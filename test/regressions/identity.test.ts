import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answered, api, exchange, get, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { wrong_credentials: 5, wrong_credentials_pause: 30s, drain_timeout: 300ms }
`,
  });
});
afterAll(() => world.close());

const basic = (userinfo: string): string => `Basic ${Buffer.from(userinfo).toString('base64')}`;
const request = (...lines: string[]): string =>
  [`GET https://${api}/ HTTP/1.1`, `Host: ${api}`, ...lines, '', ''].join('\r\n');

describe("caller guesses passwords, replays another's token", () => {
  const wrong: [string, () => string][] = [
    ['no password', () => basic('desk:')],
    ['no colon', () => basic('desk')],
    ['the hash', () => basic('desk:0000')],
    ['the token under another name', () => basic(`root:${world.password}`)],
    ['the token under the name in another case', () => basic(`Desk:${world.password}`)],
    ['the token and a space', () => basic(`desk:${world.password} `)],
    ['the token and NUL', () => basic(`desk:${world.password}\0`)],
    ['a part of the token', () => basic(`desk:${world.password.slice(0, -1)}`)],
    ['the token as Bearer', () => `Bearer ${world.password}`],
    ['base64 that is none', () => `Basic ${world.password}!`],
    ['another scheme first', () => `Digest x, ${world.proxy.authorization}`],
    ['__proto__', () => basic(`__proto__:${world.password}`)],
  ];

  it.each(wrong)('%s is 407, and nothing is sent', async (_, value) => {
    world.reset();
    const text = await exchange(
      connect(world.proxy.port, '127.0.0.1'),
      request(`Proxy-Authorization: ${value()}`, 'X-Salt: 1'),
    );
    expect(['407', '429']).toContain(text.slice(9, 12));
    expect(world.arrived()).toBe('');
    expect(world.leaks(text)).toEqual([]);
  });

  it('backs off by name after a few, and leaves another name alone', async () => {
    const codes: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      codes.push(
        outcome(
          await exchange(
            connect(world.proxy.port, '127.0.0.1'),
            request(`Proxy-Authorization: ${basic(`guesser:${i}`)}`),
          ),
        ),
      );
    }
    expect(codes.slice(-3)).toEqual(['caller_wrong', 'caller_backed_off', 'caller_backed_off']);
    expect(
      outcome(
        await exchange(connect(world.proxy.port, '127.0.0.1'), request(`Proxy-Authorization: ${basic('stranger:x')}`)),
      ),
    ).toBe('caller_wrong');
  });

  it('with two Proxy-Authorization fields is known by one of them at most', async () => {
    world.reset();
    const text = await exchange(
      connect(world.proxy.port, '127.0.0.1'),
      request(`Proxy-Authorization: ${basic('nobody:x')}`, `Proxy-Authorization: ${world.proxy.authorization}`),
    );
    expect(text).toMatch(/^HTTP\/1\.1 407 /);
    expect(world.arrived()).toBe('');
  });

  it('inside a tunnel stays who opened it, whatever is shown there, and shows it to nobody', async () => {
    world.reset();
    await world.inside(get('/', `Proxy-Authorization: ${world.proxy.authorization}`));
    expect(world.arrived()).toContain(world.secret);
    expect(world.arrived()).not.toMatch(/proxy-authorization/i);
    expect(world.leaks()).toEqual([]);
  });
});

describe('unauthenticated floods to fill the audit disk', () => {
  it('grow it by nothing but one count', async () => {
    const before = world.proxy.written().length;
    const socket = connect(world.proxy.port, '127.0.0.1');
    await exchange(socket, `${request().repeat(50)}${request('Connection: close')}`, /never/);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        exchange(connect(world.proxy.port, '127.0.0.1'), `CONNECT ${api}:443 HTTP/1.1\r\nHost: x${i}.example\r\n\r\n`),
      ),
    );
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => exchange(connect(world.proxy.port, '127.0.0.1'), `\x16\x03${i}`, /\}\n$/)),
    );
    expect(world.proxy.written().length).toBe(before);
  });
});

describe('credential without intent: a page in a driven browser, another process of the child', () => {
  it.each([
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: CROSS-SITE'],
    ['Origin: https://evil.example'],
    ['Origin: null'],
    [`Origin: https://${api}.evil.example`],
    [`Origin: https://evil.example/${api}`],
    [`Origin: https://${api}@evil.example`],
    [`Origin: https://${api}\r\nOrigin: https://evil.example`],
  ])('gets no credential across sites: %s', async (lines) => {
    world.reset();
    const text = await world.inside(get('/', lines));
    expect(outcome(text)).toBe('cross_site');
    expect(world.arrived()).toBe('');
  });

  it('gets one for its own site', async () => {
    world.reset();
    await world.inside(get('/', `Origin: https://${api}`, 'Sec-Fetch-Site: same-origin'));
    expect(world.arrived()).toContain(world.secret);
  });
});

describe('local users and web pages', () => {
  it.each([
    ['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\n\r\n'],
    ['GET / HTTP/1.1\r\nHost: rebound.evil.example\r\n\r\n'],
    [`GET / HTTP/1.1\r\nHost: ${api}\r\n\r\n`],
    [`OPTIONS / HTTP/1.1\r\nHost: ${api}\r\nAccess-Control-Request-Private-Network: true\r\n\r\n`],
    [`GET /https://${api}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`],
  ])('that talk to the listener as to a server get nothing and no leave to read it: %j', async (bytes) => {
    world.reset();
    const text = await exchange(connect(world.proxy.port, '127.0.0.1'), bytes, answered);
    expect(outcome(text)).toBe('not_proxied');
    expect(text).not.toMatch(/access-control/i);
    expect(world.arrived()).toBe('');
  });

  it('without the proxy password get nothing', async () => {
    world.reset();
    expect(outcome(await exchange(connect(world.proxy.port, '127.0.0.1'), request()))).toBe('caller_unknown');
    expect(
      outcome(
        await exchange(
          connect(world.proxy.port, '127.0.0.1'),
          `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n\r\n`,
        ),
      ),
    ).toBe('caller_unknown');
    expect(world.arrived()).toBe('');
  });
});
