import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { environmentTrust, Trust, trustOf } from '../../src/net/trust.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';

const dir = mkdtempSync(join(tmpdir(), 'keywright-trust-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('a trust set', () => {
  it('is made once for the same certificates, and once for the system', () => {
    const list = [testAuthority().certificatePem];
    expect(trustOf(list)).toBe(trustOf(list));
    expect(trustOf([...list])).not.toBe(trustOf(list));
    expect(trustOf(undefined)).toBe(trustOf(undefined));
    expect(trustOf(undefined)).not.toBe(trustOf(list));
  });

  it('keeps the last session of a name, until it is forgotten', () => {
    const trust = new Trust(undefined);
    trust.keepSession('a', { ticket: Buffer.from('1'), until: 10 });
    trust.keepSession('a', { ticket: Buffer.from('2'), until: 10 });
    expect(trust.sessionFor('a', 9)?.ticket.toString()).toBe('2');
    expect(trust.sessionFor('b', 9)).toBeUndefined();
    trust.forgetSession('a');
    expect(trust.sessionFor('a', 9)).toBeUndefined();
  });

  it.each([10, 11, Number.NaN])('gives no session whose time is over, or has no end: at %d', (now) => {
    const trust = new Trust(undefined);
    trust.keepSession('a', { ticket: Buffer.alloc(1), until: 10 });
    trust.keepSession('b', { ticket: Buffer.alloc(1), until: Number.NaN });
    expect([trust.sessionFor('a', now), trust.sessionFor('b', now)]).toEqual([undefined, undefined]);
  });

  it('keeps no more sessions than it may, the oldest go first', () => {
    const trust = new Trust(undefined);
    for (let i = 0; i <= 1024; i += 1) trust.keepSession(`${i}`, { ticket: Buffer.alloc(1), until: 10 });
    expect(trust.sessionFor('0', 9)).toBeUndefined();
    expect(trust.sessionFor('1', 9)).toBeDefined();
    expect(trust.sessionFor('1024', 9)).toBeDefined();
  });
});

type Issuer = 'environment' | 'given' | 'stranger';

describe('what a trust set accepts', () => {
  /** Connects to a server with `issuer`'s certificate under NODE_EXTRA_CA_CERTS = `environment`, and says what came of it. */
  function visit(issuer: Issuer, given: boolean): string {
    const authorities = { environment: testAuthority('E'), given: testAuthority('G'), stranger: testAuthority('S') };
    const more = given ? [authorities.given.certificatePem] : [];
    const extra = join(dir, 'extra.pem');
    writeFileSync(extra, authorities.environment.certificatePem);
    const program = `
      import tls from 'node:tls';
      import { environmentTrust, trustOf } from ${JSON.stringify(new URL('../../src/net/trust.ts', import.meta.url).href)};
      const trust = [...environmentTrust(process.env.NODE_EXTRA_CA_CERTS), ...${JSON.stringify(more)}];
      const { context } = trustOf(trust.length === 0 ? undefined : trust);
      const server = tls.createServer(${JSON.stringify(serverCertificate(authorities[issuer], ['a.test']))}, (s) => s.end());
      server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        const socket = tls.connect({ port, host: '127.0.0.1', servername: 'a.test', secureContext: context });
        const say = (word) => { process.stdout.write(word); process.exit(0); };
        socket.on('secureConnect', () => say('accepted')).on('error', (error) => say(error.code));
      });
    `;
    const child = fileURLToPath(new URL('../support/typescript-child.mjs', import.meta.url));
    const args = ['--no-warnings', '--import', child, '--input-type=module', '-e', program];
    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: extra };
    const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    return stdout === '' ? stderr : stdout;
  }

  it.each([
    ['stranger', true, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['stranger', false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['given', false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['given', true, 'accepted'],
    ['environment', false, 'accepted'],
    ['environment', true, 'accepted'],
  ] satisfies [Issuer, boolean, string][])(
    'of a server certified by %s, certificates given: %s, is %s',
    (issuer, given, outcome) => {
      expect(visit(issuer, given)).toBe(outcome);
    },
  );
});

describe('the trust that the environment gives', () => {
  it.each([undefined, '', join(dir, 'missing.pem')])('is none where its file is %j', (file) => {
    expect(environmentTrust(file)).toEqual([]);
  });
});
