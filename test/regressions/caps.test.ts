import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { api, exchange, get, outcome, startWorld } from './world.js';

const yaml = (limits: string): string => `
secrets: { api: { from: env, name: TOKEN, hosts: [${api}] } }
policies:
  - { name: api, hosts: [${api}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }
limits: { drain_timeout: 300ms, ${limits} }
`;

describe('more than there may be at once', () => {
  it('requests, over all connections, are refused until others have ended', async () => {
    const world = await startWorld({ yaml: yaml('requests: 2') });
    world.reset(() => undefined);
    const held = [connect(world.proxy.port, '127.0.0.1'), connect(world.proxy.port, '127.0.0.1')];
    const auth = `Proxy-Authorization: ${world.proxy.authorization}`;
    for (const socket of held) socket.write(`GET https://${api}/held HTTP/1.1\r\nHost: ${api}\r\n${auth}\r\n\r\n`);
    while ((world.arrived().match(/\/held/g)?.length ?? 0) < 2) await new Promise(setImmediate);
    world.reset();
    expect(outcome(await world.inside(get()))).toBe('overloaded');
    expect(world.arrived()).toBe('');
    for (const socket of held) socket.resetAndDestroy();
    const ends = () => world.proxy.records().filter(({ kind }) => kind === 'end').length;
    while (ends() < 2) await new Promise(setImmediate);
    expect(outcome(await world.inside(get()))).toBe('200');
    await world.close();
  });

  it('connections are closed until others have gone', async () => {
    const world = await startWorld({ yaml: yaml('connections: 3') });
    const held = Array.from({ length: 3 }, () => connect(world.proxy.port, '127.0.0.1'));
    await Promise.all(held.map(async (socket) => once(socket, 'connect')));
    expect(await exchange(connect(world.proxy.port, '127.0.0.1'), get())).toBe('');
    held[0]?.destroy();
    if (held[0] !== undefined) await once(held[0], 'close');
    let text = '';
    while (text === '') text = await exchange(connect(world.proxy.port, '127.0.0.1'), get());
    expect(text).toMatch(/^HTTP\/1\.1 4/);
    for (const socket of held) socket.destroy();
    await world.close();
  });

  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  (own === undefined ? it.skip : it)('connections of one address do not take the place of others', async () => {
    const world = await startWorld({
      yaml: `listen: { proxy: ["0.0.0.0:0"], unsafe_plain_listener: true }\n${yaml('connections_per_address: 2')}`,
    });
    const held = [connect(world.proxy.port, own), connect(world.proxy.port, own)];
    await Promise.all(held.map(async (socket) => once(socket, 'connect')));
    expect(await exchange(connect(world.proxy.port, own), get())).toBe('');
    expect(outcome(await world.inside(get()))).toBe('200');
    for (const socket of held) socket.destroy();
    await world.close();
  });
});
