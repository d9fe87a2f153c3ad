import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { serverCertificate, testAuthority } from '../support/certificates.js';

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

/** What comes of dialling a server with this certificate in a process whose environment turns verification off. */
function dialled(certificate: { readonly cert: string; readonly key: string }, caPem: string): string {
  const program = `
    import tls from 'node:tls';
    import { dialTls } from ${source('net/dial.ts')};
    import { Vetter } from ${source('net/vet.ts')};
    const server = tls.createServer(${JSON.stringify(certificate)}, (socket) => socket.on('error', () => undefined));
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1', () => {
      const destination = { address: '127.0.0.1:' + server.address().port, caPem: ${JSON.stringify(caPem)}, allowPrivate: false };
      const vetter = new Vetter({
        destinations: new Map([['a.test:443', destination]]),
        lookup: () => Promise.reject(new Error('not looked up')),
        isOwn: () => false,
        limits: { lookupTimeout: 1000, addressLifetime: 1000 },
        clock: { now: () => 0, elapsed: () => 0 },
      });
      const say = (word) => { process.stdout.write(word); process.exit(0); };
      const route = vetter.vet({ host: 'a.test', port: 443, kind: 'name' });
      dialTls(route, { timeout: 5000, alpn: ['http/1.1'] }).then(() => say('opened'), (error) => say(error.code));
    });
  `;
  const child = fileURLToPath(new URL('../support/typescript-child.mjs', import.meta.url));
  const args = ['--no-warnings', '--import', child, '--input-type=module', '-e', program];
  // In a process of its own: what a test sets in process.env never reaches Node's own code.
  const env = { PATH: process.env['PATH'], NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return stdout === '' ? stderr : stdout;
}

describe('dialling TLS under NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const authority = testAuthority();

  it.each([
    ['of a CA that is not trusted', serverCertificate(testAuthority('Stranger'), ['a.test'])],
    ['of another name', serverCertificate(authority, ['b.test'])],
    ['that has expired', serverCertificate(authority, ['a.test'], { expired: true })],
  ])('still refuses a certificate %s', (_, certificate) => {
    expect(dialled(certificate, authority.certificatePem)).toBe('destination_certificate');
  });

  it('still accepts what is valid', () => {
    expect(dialled(serverCertificate(authority, ['a.test']), authority.certificatePem)).toBe('opened');
  });
});
