import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { proxyAuthorization, startServe, type Serving } from '../support/serve.js';

jest.setTimeout(30_000);

const blind = 'blind.example.com';
const authority = testAuthority();
const yaml = `policies: [{ name: pass, hosts: [${blind}], action: tunnel }]\nlimits: { drain_timeout: 300ms }`;
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let serving: Serving;

beforeAll(async () => {
  origin = await startRawOrigin(authority, [blind], (socket) => socket.resume());
});
afterAll(() => origin.close());
beforeEach(async () => {
  serving = await startServe({ yaml, authority, origins: { [`${blind}:443`]: origin.port } });
});
afterEach(() => serving.close());

async function openTunnel(): Promise<() => void> {
  const socket = serving.open(`CONNECT ${blind}:443 HTTP/1.1\r\n${proxyAuthorization('desk', serving.token)}\r\n`);
  await once(socket, 'data');
  const secure = connectTls({ socket, servername: blind, ca: authority.certificatePem });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect');
  return () => socket.destroy();
}

const kinds = (): string[] => serving.records().map(({ kind }) => kind);

describe('the record of how a blind tunnel ended', () => {
  it('is written where the tunnel is cut because the time to drain is over', async () => {
    await openTunnel();
    serving.signal('SIGTERM');
    expect(await serving.ended).toBe(0);
    expect(kinds().slice(-4)).toEqual(['use', 'end', 'stop', 'checkpoint']);
  });

  it('is written where everything is cut by a second signal', async () => {
    await openTunnel();
    serving.signal('SIGTERM');
    await serving.logged(/^draining$/);
    serving.signal('SIGTERM');
    expect(await serving.ended).toBe(143);
    expect(kinds().slice(-4)).toEqual(['use', 'end', 'stop', 'checkpoint']);
  });

  it('goes to the log that has its use, though the log is another one since', async () => {
    const leave = await openTunnel();
    await serving.reload(`${yaml}\naudit: [{ type: file, dir: ./elsewhere }]`);
    leave();
    for (let i = 0; i < 100 && kinds().at(-1) !== 'checkpoint'; i += 1) await delay(20);
    expect(kinds().slice(-5)).toEqual(['use', 'reload', 'end', 'stop', 'checkpoint']);
  });
});
