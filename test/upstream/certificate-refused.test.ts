import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { clientCertificateSigner } from '../../src/inject/client-certificate.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { credentials } from '../inject/credentials.js';
import { startCertificateServer } from '../support/certificate-server.js';
import { clientCertificate, type KeyPairPem } from '../support/client-certificate.js';
import { startOpensslServer } from '../support/openssl-server.js';
import { Recorded } from './recorded.js';
import { authority, closeAll, closing, senderTo } from './sending.js';

const placeholders = keyedPlaceholders(Buffer.alloc(32), [], new Map());
const injections = [clientCertificateSigner.make({ secret: 'mtls' }, { mode: 'set', placeholders })];

let root: KeyPairPem;
let stranger: KeyPairPem;
beforeAll(() => {
  root = clientCertificate('Test client CA', { ca: true });
  stranger = clientCertificate('stranger');
});
afterEach(closeAll);

const ways: [string, string][] = [
  ['-tls1_2', 'http/1.1'],
  ['-tls1_3', 'http/1.1'],
  ['-tls1_2', 'h2'],
  ['-tls1_3', 'h2'],
];

describe.each(ways)('a destination that says no in %s, %s,', (tls, alpn) => {
  it.each([
    ['to a certificate of an issuer it does not know', true, /"unknown CA"/],
    // TLS 1.2 has no alert for it.
    ['to a connection that shows none', false, tls === '-tls1_2' ? undefined : /"certificate required"/],
  ])('%s', async (_, shows, reason) => {
    const server = await startOpensslServer(authority, ['a.test'], root.cert, [tls, '-alpn', alpn]);
    closing.push(() => server.close());
    const use = shows ? { injections, credentials: credentials({ mtls: stranger }) } : {};
    const version = alpn === 'h2' ? '2' : '1.1';
    const sent = senderTo(server.port)(new Recorded(), { version, ...use });
    const code = reason === undefined ? 'destination_protocol' : 'certificate_refused';
    await expect(sent).rejects.toMatchObject({
      code,
      ...(reason === undefined ? {} : { cause: { name: 'Reason', message: expect.stringMatching(reason) } }),
    });
  });
});

it('one that says nothing, and ends the connection, may not take the certificate: the operator reads so', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const server = await startCertificateServer({ authority, names: ['a.test'], clientCa: [root.cert], version });
    closing.push(() => server.close());
    const use = { injections, credentials: credentials({ mtls: stranger }) };
    await expect(senderTo(server.port)(new Recorded(), { version: '1.1', ...use })).rejects.toMatchObject({
      code: version === 'TLSv1.2' ? 'destination_unreachable' : 'destination_protocol',
      cause: {
        name: 'Reason',
        message: expect.stringContaining('may not take the client certificate of the secret mtls'),
      },
    });
    expect(server.seen).toEqual([]);
  }
});
