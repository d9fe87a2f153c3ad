import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';
import { connect } from 'node:net';
import { exchange } from './world.js';

const secret = generatedSecret();
const authority = testAuthority();
const servers: Server[] = [];
let heard = '';
let proxy: TestProxy;

async function serve(
  options: { readonly cert: string; readonly key: string } & Record<string, unknown>,
): Promise<number> {
  const server = createServer(options, (socket: TLSSocket) => {
    socket.on('error', () => undefined).on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')));
  });
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

function selfSigned(): { cert: string; key: string } {
  const { certificate, key } = makeRoot({ name: 'self', clock: systemClock });
  return { cert: certificate.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const cases = ['wrong-name', 'expired', 'self-signed', 'stranger', 'leaf-of-the-interceptor', 'old'] as const;

beforeAll(async () => {
  const host = (name: string): string[] => [`${name}.example.com`];
  const ports: Record<(typeof cases)[number], number> = {
    'wrong-name': await serve(serverCertificate(authority, ['other.example.com', '*.wrong-name.example.com'])),
    expired: await serve(serverCertificate(authority, host('expired'), { expired: true })),
    'self-signed': await serve(selfSigned()),
    stranger: await serve(serverCertificate(testAuthority(), host('stranger'))),
    'leaf-of-the-interceptor': await serve(
      serverCertificate(testAuthority('Keywright'), host('leaf-of-the-interceptor')),
    ),
    old: await serve({
      ...serverCertificate(authority, host('old')),
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    }),
  };
  const names = cases.map((name) => `${name}.example.com`);
  proxy = await startProxy({
    authority,
    origins: Object.fromEntries(cases.map((name) => [`${name}.example.com:443`, ports[name]])),
    environment: { TOKEN: secret },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${names.join(', ')}] }
policies:
  - name: api
    hosts: [${names.join(', ')}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { drain_timeout: 300ms }
`,
  });
});

afterAll(async () => {
  await proxy.close();
  for (const server of servers) server.close();
});

describe('destination certificate invalid, wrong name, expired, self-signed', () => {
  it.each(cases)('%s is 502 with its code, again and again, and nothing is sent', async (name) => {
    for (const path of ['/1', '/2']) {
      const text = await exchange(
        connect(proxy.port, '127.0.0.1'),
        `GET https://${name}.example.com${path} HTTP/1.1\r\nHost: ${name}.example.com\r\nProxy-Authorization: ${proxy.authorization}\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 502 /);
      expect(text).toContain(name === 'old' ? '"code":"destination_protocol"' : '"code":"destination_certificate"');
    }
    expect(heard).toBe('');
    expect(
      proxy
        .records()
        .slice(-4)
        .map(({ kind }) => kind),
    ).toEqual(['use', 'end', 'use', 'end']);
    expect(proxy.written()).not.toContain(secret);
  });
});
