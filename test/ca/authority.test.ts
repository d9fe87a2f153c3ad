import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createMemoryAuthority, issuing } from '../../src/ca/authority.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError } from '../../src/core/usage-error.js';
import { member } from './corporate.js';
import { day } from './support.js';

describe('issuing', () => {
  it.each(['*', '*.example.test', 'A.test', 'a.test,b.test', 'a.test\0', 'bücher.test', ''])(
    'never makes a leaf for %j, which is no canonical host',
    (host) => {
      expect(() => createMemoryAuthority({ clock: systemClock }).issue({ host })).toThrow(TypeError);
    },
  );

  it('makes leaves that end before the first of the CAs above them does', () => {
    const root = member('A root that ends soon', { days: 1 });
    const intermediate = member('An intermediate', { by: root, days: 30 });
    const chain = [intermediate.certificate, root.certificate] as const;
    const leaf = issuing({ chain, key: intermediate.key }, systemClock).issue({ host: 'a.test' });
    expect(Date.parse(new X509Certificate(leaf.certificatePem).validTo)).toBe(Date.parse(root.certificate.validTo));
    expect(leaf.notAfter).toBe(Date.parse(root.certificate.validTo));
  });

  it('sends after a leaf what lies below the root, and what stands beside it', () => {
    const [root, beside] = [member('A root'), member('Beside')];
    const intermediate = member('An intermediate', { by: root });
    const chain = [intermediate.certificate, root.certificate] as const;
    const authority = issuing({ chain, key: intermediate.key }, systemClock, [beside.certificate]);
    expect(authority.chainPem).toBe(intermediate.pem + beside.pem);
    expect(authority.trustPem).toBe(root.pem);
    expect(authority.issue({ host: 'a.test' }).certificatePem.endsWith(intermediate.pem + beside.pem)).toBe(true);
  });
});

describe('a CA in memory', () => {
  it('issues nothing once it has expired', () => {
    const clock = { at: Date.parse('2026-11-23T12:00:00Z'), now: () => clock.at, elapsed: () => clock.at };
    const authority = createMemoryAuthority({ clock, lifetimeMs: day });
    expect(authority.issue({ host: 'a.test' }).notAfter).toBe(clock.at + day);
    clock.at += day;
    expect(() => authority.issue({ host: 'a.test' })).toThrow(MissingError);
  });

  it('gives a leaf with the key that belongs to it, valid until it says', () => {
    const leaf = createMemoryAuthority({ clock: systemClock }).issue({ host: 'a.test' });
    const certificate = new X509Certificate(leaf.certificatePem);
    expect(certificate.checkPrivateKey(createPrivateKey(leaf.keyPem))).toBe(true);
    expect(Math.abs(Date.parse(certificate.validTo) - leaf.notAfter)).toBeLessThan(1000);
  });

  it('trusts a root of which it holds no key where it is constrained to names', () => {
    const authority = createMemoryAuthority({ clock: systemClock, permit: ['a.test'] });
    const [root, signer] = [new X509Certificate(authority.trustPem), new X509Certificate(authority.certificatePem)];
    expect(signer.verify(root.publicKey)).toBe(true);
    expect(root.raw.equals(signer.raw)).toBe(false);
    expect(authority.chainPem).toBe(authority.certificatePem);
  });
});
