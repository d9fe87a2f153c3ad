import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canSign, keyIdOf, nameOf, signCertificate, toPem } from '../../src/ca/certificate.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';

const validity = { notBefore: Date.parse('2026-01-01T00:00:00Z'), notAfter: Date.parse('2051-01-01T00:00:00Z') };

function selfSigned(pair: { publicKey: KeyObject; privateKey: KeyObject }): X509Certificate {
  const name = nameOf('a test');
  const issuer = { name, key: pair.privateKey, keyId: keyIdOf(pair.publicKey) };
  return new X509Certificate(
    signCertificate(issuer, { subject: name, publicKey: pair.publicKey, validity, extensions: [] }),
  );
}

describe('a certificate', () => {
  it('is not signed with a key of another kind', () => {
    const pair = generateKeyPairSync('x25519');
    expect(canSign(pair.privateKey)).toBe(false);
    expect(() => selfSigned(pair)).toThrow(TypeError);
  });

  it.each([
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ])('signed with %s verifies, and with nothing else', (_, pair) => {
    const certificate = selfSigned(pair);
    expect(canSign(pair.privateKey)).toBe(true);
    expect(certificate.verify(pair.publicKey)).toBe(true);
    expect(certificate.verify(generateKeyPairSync('ed25519').publicKey)).toBe(false);
    expect(certificate.validFrom).toBe('Jan  1 00:00:00 2026 GMT');
    expect(certificate.validTo).toBe('Jan  1 00:00:00 2051 GMT');
  });

  it('has a positive random serial number of 128 bits', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const serials = Array.from({ length: 64 }, () => selfSigned(pair).serialNumber);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new Set(serials).size).toBe(64);
  });
});

describe('a key identifier', () => {
  it('is the same for the public and the private half', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(keyIdOf(privateKey)).toEqual(keyIdOf(publicKey));
    expect(keyIdOf(publicKey)).toHaveLength(20);
  });
});

describe('PEM', () => {
  it('is what Node writes', () => {
    const { certificate } = makeRoot({ clock: systemClock });
    expect(toPem(certificate.raw)).toBe(certificate.toString());
  });
});
