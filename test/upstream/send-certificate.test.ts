import type { SecureVersion } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { clientCertificateSigner } from '../../src/inject/client-certificate.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import type { Credential } from '../../src/secrets/index.js';
import { credentials } from '../inject/credentials.js';
import { startCertificateServer, type CertificateServerOptions, type Seen } from '../support/certificate-server.js';
import { clientCertificate, type KeyPairPem } from '../support/client-certificate.js';
import { Recorded } from './recorded.js';
import { authority, closeAll, closing, senderTo } from './sending.js';

const placeholders = keyedPlaceholders(Buffer.alloc(32), [], new Map());
const shows = (secret = 'mtls') => clientCertificateSigner.make({ secret }, { mode: 'set', placeholders });

let root: KeyPairPem;
let first: KeyPairPem;
let second: KeyPairPem;
beforeAll(() => {
  root = clientCertificate('Test client CA', { ca: true });
  first = clientCertificate('first', { issuer: root });
  second = clientCertificate('second', { issuer: root });
});
afterEach(closeAll);

async function open(options: Partial<CertificateServerOptions> = {}) {
  const server = await startCertificateServer({
    authority,
    names: ['a.test'],
    clientCa: [root.cert],
    optional: true,
    ...options,
  });
  closing.push(() => server.close());
  const send = senderTo(server.port);
  const version = options.http2 === true ? '2' : '1.1';
  const ask = async (with_?: ReadonlyMap<string, Credential>, client = 'desk', subject?: string): Promise<Seen> => {
    const answer = new Recorded();
    const caller = { client, ...(subject === undefined ? {} : { subject }) };
    const use = with_ === undefined ? {} : { injections: [shows()], credentials: with_ };
    await send(answer, { version, caller, ...use });
    return server.seen.at(-1) as Seen;
  };
  return { ask, seen: server.seen };
}

const ways: [string, SecureVersion, boolean][] = [
  ['HTTP/1.1', 'TLSv1.2', false],
  ['HTTP/1.1', 'TLSv1.3', false],
  ['HTTP/2', 'TLSv1.2', true],
  ['HTTP/2', 'TLSv1.3', true],
];

describe.each(ways)('in %s over %s, a connection to which a certificate was shown', (_, version, http2) => {
  it('is never that of a request that shows none, and the other way round, nor is its TLS session', async () => {
    const { ask } = await open({ version, http2 });
    const mtls = credentials({ mtls: first });
    const without = await ask();
    const showing = await ask(mtls);
    const withoutAgain = await ask();
    const showingAgain = await ask(mtls);
    expect([without.name, showing.name, withoutAgain.name, showingAgain.name]).toEqual([
      undefined,
      'first',
      undefined,
      'first',
    ]);
    expect(showing.connection).not.toBe(without.connection);
    expect(showingAgain.connection).toBe(showing.connection);
    expect(showing).toMatchObject({ reused: false, version: http2 ? '2.0' : '1.1', tls: version });
  });

  it('is one caller’s own', async () => {
    const { ask } = await open({ version, http2 });
    const mtls = credentials({ mtls: first });
    const shown = [
      await ask(mtls),
      await ask(mtls, 'agents'),
      await ask(mtls, 'desk', 'user_1'),
      await ask(mtls, 'desk', 'user_2'),
    ];
    expect(shown.map(({ name, reused }) => [name, reused])).toEqual(shown.map(() => ['first', false]));
    expect(new Set(shown.map(({ connection }) => connection)).size).toBe(4);
  });

  it('is not that of another certificate, and ends when its own is replaced', async () => {
    const { ask } = await open({ version, http2 });
    const old = credentials({ mtls: first });
    const replaced = credentials({ mtls: second });
    expect([await ask(old), await ask(replaced), await ask(old)]).toMatchObject([
      { name: 'first', connection: 1, reused: false },
      { name: 'second', connection: 2, reused: false },
      { name: 'first', connection: 3, reused: false },
    ]);
  });

  it('does not take its identity on in a session that is resumed', async () => {
    const { ask, seen } = await open({ version, http2, answer: endAfter });
    const mtls = credentials({ mtls: first });
    for (let times = 0; times < 3; times += 1) {
      await ask(mtls);
      await ask();
    }
    expect(seen.filter(({ name }) => name === 'first').map(({ reused }) => reused)).toEqual([false, false, false]);
    const others = seen.filter(({ name }) => name === undefined);
    // They are resumed: what is not resumed above could be.
    expect(others.map(({ reused }) => reused)).toEqual([false, true, true]);
  });
});

const endAfter: NonNullable<CertificateServerOptions['answer']> = (request, response) => {
  const { stream } = request as { stream?: { session?: { close(): void } } };
  if (stream === undefined) response.setHeader('connection', 'close');
  response.end('ok', () => stream?.session?.close());
};
