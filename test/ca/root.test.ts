import { describe, expect, it } from '@jest/globals';
import { readAuthority } from '../../src/ca/read-authority.js';
import { makeRoot } from '../../src/ca/root.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const clock = { now: () => now, elapsed: () => 0 };

describe('a new root', () => {
  it('is not made while the clock is not set', () => {
    const unset = { now: () => 1000, elapsed: () => 0 };
    expect(() => makeRoot({ clock: unset })).toThrow(/the clock says 1970-01-01/);
  });

  it('is never named like another one', () => {
    expect(makeRoot({ clock }).certificate.subject).not.toBe(makeRoot({ clock }).certificate.subject);
  });

  it('is a CA signed by its own key, valid from an hour ago', () => {
    const { certificate, key } = makeRoot({ clock });
    expect(certificate.ca).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(certificate.subject).toMatch(/^CN=Keywright interception CA [0-9a-f]{8}$/);
    expect(Date.parse(certificate.validFrom)).toBe(now - 3_600_000);
  });

  it('lives as long as it is told to', () => {
    const { certificate } = makeRoot({ clock, lifetimeMs: 60_000, name: 'short' });
    expect(Date.parse(certificate.validTo)).toBe(now + 60_000);
    expect(certificate.subject).toBe('CN=short');
  });

  it('is name-constrained only where it was told what to permit, also where that is nothing', () => {
    expect(readAuthority(makeRoot({ clock }).certificate.raw).nameConstraints).toBeUndefined();
    expect(readAuthority(makeRoot({ clock, permit: [] }).certificate.raw).nameConstraints).toBeDefined();
  });
});
