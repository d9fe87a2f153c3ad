import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { openTunnel } from '../support/proxy.js';
import { api, get, ok, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    origins: { 'blind.example.com:443': 9 },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: blind, hosts: [blind.example.com], action: tunnel }
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { drain_timeout: 300ms }
`,
  });
});
afterAll(() => world.close());

/** Of the records of this kind behind the first so many. */
const idsOf = (kind: string, before: number): string[] =>
  world.proxy
    .records()
    .slice(before)
    .flatMap((record) => (record.kind === kind && record.id !== undefined ? [record.id] : []));

describe('one use and at most one end for every id', () => {
  it('under concurrency, with callers and destinations that break off at random', async () => {
    const before = world.proxy.records().length;
    let answers = 0;
    world.reset((_, socket) => {
      answers += 1;
      switch (answers % 6) {
        case 0:
          socket.destroy();
          return undefined;
        case 1:
          return ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 'part'];
        case 2:
          socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab');
          return undefined;
        case 3:
          return 'nonsense\r\n\r\n';
        default:
          return ok;
      }
    });
    await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        const bytes =
          i % 3 === 0 ? `POST /${i} HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 50\r\n\r\npart` : get(`/${i}`);
        const { socket: below } = await openTunnel(world.proxy, `${api}:443`);
        const socket = connect({ socket: below, servername: api, ca: world.proxy.trustPem });
        socket.on('error', () => undefined).resume();
        socket.write(bytes.repeat(1 + (i % 2)));
        await delay((i * 7) % 60);
        // A close without a word is told by the next write alone, for which a destination that stalls lets it wait.
        below.resetAndDestroy();
      }),
    );
    const ids = (kind: string): string[] => idsOf(kind, before);
    for (let i = 0; i < 100 && ids('end').length < ids('use').length; i += 1) await delay(30);
    const [uses, ends] = [ids('use'), ids('end')];
    expect(uses.length).toBeGreaterThan(60);
    expect(new Set(uses).size).toBe(uses.length);
    expect(new Set(ends).size).toBe(ends.length);
    expect(ends.filter((id) => !uses.includes(id))).toEqual([]);
    expect(uses.filter((id) => !ends.includes(id))).toEqual([]);
    expect(ids('refused').filter((id) => uses.includes(id))).toEqual([]);
    expect(world.leaks()).toEqual([]);
  }, 15_000);

  it('at once, for uploads that are broken off right behind their handshakes, with a word or without', async () => {
    const before = world.proxy.records().length;
    world.reset(() => undefined);
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const { socket: below } = await openTunnel(world.proxy, `${api}:443`);
        const socket = connect({ socket: below, servername: api, ca: world.proxy.trustPem });
        socket.on('error', () => undefined).resume();
        socket.write(`POST /${i} HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 50\r\n\r\npart`);
        await delay(i % 20);
        if (i % 3 === 0) socket.end();
        else below.resetAndDestroy();
      }),
    );
    const of = (kind: string): number => idsOf(kind, before).length;
    for (let i = 0; i < 50 && (of('use') === 0 || of('end') < of('use')); i += 1) await delay(30);
    expect(of('use')).toBeGreaterThan(10);
    expect(of('end')).toBe(of('use'));
  });

  it('for a blind tunnel whose destination cannot be reached has a refusal, and no use', async () => {
    const { socket } = await openTunnel(world.proxy, 'blind.example.com:443');
    const secure = connect({ socket, servername: 'blind.example.com' });
    await new Promise((resolve) => secure.once('error', resolve));
    socket.destroy();
    await delay(50);
    expect(world.proxy.records().at(-1)).toMatchObject({
      host: 'blind.example.com',
      kind: 'refused',
      code: 'destination_unreachable',
    });
  });
});
