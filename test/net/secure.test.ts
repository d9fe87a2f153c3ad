import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { secure, type Peer } from '../../src/net/secure.js';
import { trustOf } from '../../src/net/trust.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';

const authority = testAuthority();
const trust = trustOf([authority.certificatePem]);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serving(options: TlsOptions): Promise<number> {
  const server = createServer(options, (socket) => socket.on('error', () => undefined).resume());
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => closing.push(() => socket.destroy()));
  closing.push(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const peer = (name: string, sessionName = name): Peer => ({ identity: name, serverName: name, trust, sessionName });
const patient = new AbortController().signal;

describe('TLS on a connection', () => {
  it('that is not to be trusted closes it, and is never tried again on it', async () => {
    const below = connect(await serving(serverCertificate(authority, ['b.test'])), '127.0.0.1');
    await expect(secure(below, peer('a.test'), ['http/1.1'], patient)).rejects.toMatchObject({
      code: 'destination_certificate',
    });
    expect(below.destroyed).toBe(true);
  });

  it.each([
    [['http/1.1'], 'http/1.1'],
    [['h2', 'http/1.1'], 'h2'],
  ])('offers %j and tells what was agreed on: %s', async (alpn, agreed) => {
    const port = await serving({ ...serverCertificate(authority, ['a.test']), ALPNProtocols: ['h2', 'http/1.1'] });
    const socket = await secure(connect(port, '127.0.0.1'), peer('a.test', agreed), alpn, patient);
    closing.push(() => socket.destroy());
    expect([socket.alpnProtocol, socket.authorized]).toEqual([agreed, true]);
  });

  it('speaks at least TLS 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const port = await serving({ ...serverCertificate(authority, ['a.test']), ...old });
    await expect(secure(connect(port, '127.0.0.1'), peer('a.test'), ['http/1.1'], patient)).rejects.toMatchObject({
      name: 'Refusal',
    });
  });

  it('forgets a session that did not lead to a connection', async () => {
    trust.keepSession('c.test', { ticket: Buffer.from('no session'), until: Infinity });
    const below = connect(await serving(serverCertificate(testAuthority('Stranger'), ['c.test'])), '127.0.0.1');
    await expect(secure(below, peer('c.test'), ['http/1.1'], patient)).rejects.toMatchObject({ name: 'Refusal' });
    expect(trust.sessionFor('c.test', 0)).toBeUndefined();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is verified anew once the certificate it was opened with has expired: %s',
    async (version) => {
      const name = `${version.toLowerCase()}.test`;
      const certificate = serverCertificate(authority, [name]);
      const port = await serving({ ...certificate, minVersion: version, maxVersion: version });
      const visit = async (): Promise<{ reused: boolean; until: number }> => {
        const socket = await secure(connect(port, '127.0.0.1'), peer(name), ['http/1.1'], patient);
        const reused = socket.isSessionReused();
        // In TLS 1.3 the ticket comes after the handshake, in TLS 1.2 it was there before.
        if (!reused && version === 'TLSv1.3') await once(socket, 'session');
        socket.destroy();
        return { reused, until: trust.sessionFor(name, 0)?.until ?? 0 };
      };
      const day = 86_400_000;
      const first = await visit();
      expect(Math.abs(first.until - Date.now() - day)).toBeLessThan(60_000);
      expect(await visit()).toEqual({ reused: true, until: first.until });
      expect(await visit()).toEqual({ reused: true, until: first.until });
      const kept = trust.sessionFor(name, 0);
      trust.keepSession(name, { ticket: kept?.ticket ?? Buffer.alloc(0), until: Date.now() - 1 });
      expect((await visit()).reused).toBe(false);
    },
  );
});
