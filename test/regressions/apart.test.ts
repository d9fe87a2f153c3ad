import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { api, exchange, get, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
unsafe_anonymous: true
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: desk
    clients: [desk]
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
  - { name: others, clients: [anonymous], hosts: [${api}] }
limits: { drain_timeout: 300ms, upstream_connections: 1 }
`,
  });
});
afterAll(() => world.close());

describe("one client's secret, pooled connection or cache entry used for another client", () => {
  it('gives the other client the connection, and never the credential or the right to it', async () => {
    world.reset();
    const line = `GET https://${api}/other HTTP/1.1\r\nHost: ${api}\r\n`;
    for (let i = 0; i < 3; i += 1) {
      expect(await world.inside(get('/desk'))).toMatch(/^HTTP\/1\.1 200 /);
      expect(await exchange(connect(world.proxy.port, '127.0.0.1'), `${line}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(world.connections()).toBe(1);
    const heads = world.arrived().split('\r\n\r\n').filter(Boolean);
    expect(heads.map((head) => [/^GET (\S+)/.exec(head)?.[1], head.includes(world.secret)])).toEqual([
      ['/desk', true],
      ['/other', false],
      ['/desk', true],
      ['/other', false],
      ['/desk', true],
      ['/other', false],
    ]);
  });

  it('does not let one hold the only connection against the other for ever', async () => {
    world.reset((head) => (head.includes('/hang') ? undefined : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    const hanging = connect(world.proxy.port, '127.0.0.1');
    const auth = `Proxy-Authorization: ${world.proxy.authorization}`;
    hanging.write(`GET https://${api}/hang HTTP/1.1\r\nHost: ${api}\r\n${auth}\r\n\r\n`);
    while (!world.arrived().includes('/hang')) await new Promise(setImmediate);
    const waiting = exchange(
      connect(world.proxy.port, '127.0.0.1'),
      `GET https://${api}/waits HTTP/1.1\r\nHost: ${api}\r\n\r\n`,
      /ok$/,
    );
    // The first gives up, and its request with it.
    hanging.resetAndDestroy();
    expect(await waiting).toMatch(/^HTTP\/1\.1 200 /);
    expect(
      await exchange(
        connect(world.proxy.port, '127.0.0.1'),
        `GET https://${api}/after HTTP/1.1\r\nHost: ${api}\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('redirect to another host', () => {
  it('is handed to the client, and never followed', async () => {
    world.reset(
      () => `HTTP/1.1 307 Temporary Redirect\r\nLocation: https://${api}/elsewhere\r\nContent-Length: 0\r\n\r\n`,
    );
    const text = await world.inside(get('/here'), /\r\n\r\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 307 [^]*\r\nLocation: https:\/\/api\.example\.com\/elsewhere\r\n/);
    expect(world.arrived().match(/^GET \S+/gm)).toEqual(['GET /here']);
  });
});
