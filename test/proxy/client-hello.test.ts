import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { readClientHello } from '../../src/proxy/client-hello.js';

/** The first bytes that Node's own TLS client sends. */
async function realHello(servername: string, minVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername, minVersion, rejectUnauthorized: false });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

describe('the server name of a ClientHello', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is read from what a real client sends (%s)', async (version) => {
    expect(readClientHello(await realHello('api.example.com', version))).toEqual({
      state: 'whole',
      serverName: 'api.example.com',
    });
  });

  it('is absent where the client sends none', async () => {
    expect(readClientHello(await realHello('', 'TLSv1.2'))).toEqual({ state: 'whole', serverName: undefined });
  });

  it('asks for more until the record is whole', async () => {
    const bytes = await realHello('api.example.com', 'TLSv1.3');
    for (let size = 0; size < bytes.length; size += 1) {
      expect(readClientHello(bytes.subarray(0, size))).toEqual({ state: 'incomplete' });
    }
  });

  it.each([
    'GET / HTTP/1.1\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\x16\x02\x01\x00\x05\x01\x00\x00\x01\x00',
    '\x80\x2e\x01\x03\x01',
  ])('is not looked for in %j', (text) => {
    expect(readClientHello(Buffer.from(text, 'latin1'))).toEqual({ state: 'not-tls' });
  });

  it('never reads outside the record, whatever the lengths in it say', async () => {
    const bytes = await realHello('api.example.com', 'TLSv1.2');
    for (let at = 9; at < bytes.length; at += 1) {
      const broken = Buffer.from(bytes);
      broken[at] = 0xff;
      expect(() => readClientHello(broken)).not.toThrow();
    }
  });
});
