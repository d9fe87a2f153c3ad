import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { leafValidity, mintLeaf } from '../../src/ca/leaf.js';
import { testAuthority } from '../support/certificates.js';

const authority = testAuthority();
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const now = Date.now();
const hour = 3_600_000;

const mint = (...hosts: string[]): X509Certificate =>
  new X509Certificate(mintLeaf(authority.issuer, hosts, publicKey, leafValidity(now, 0, now + 1000 * hour)));

describe('the validity of a leaf', () => {
  it('never goes beyond the CA', () => {
    expect(leafValidity(now, 0, now + hour).notAfter).toBe(now + hour);
  });

  it('never begins before the CA', () => {
    expect(leafValidity(now, now - 1, now + hour).notBefore).toBe(now - 1);
  });

  it('begins an hour ago and lasts between a day and a week', () => {
    const { notBefore, notAfter } = leafValidity(now, 0, now + 1000 * hour);
    expect(notBefore).toBe(now - hour);
    expect(notAfter - now).toBeGreaterThanOrEqual(24 * hour);
    expect(notAfter - now).toBeLessThanOrEqual(7 * 24 * hour);
  });
});

describe('a leaf', () => {
  it('is no CA, and is for its host alone', () => {
    const leaf = mint('api.example.test');
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).toBe('CN=api.example.test');
    expect(leaf.checkHost('api.example.test')).toBe('api.example.test');
    expect(leaf.checkHost('xapi.example.test')).toBeUndefined();
    expect(leaf.checkHost('www.api.example.test')).toBeUndefined();
    expect(leaf.checkIssued(authority.certificate)).toBe(true);
    expect(leaf.verify(authority.certificate.publicKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it.each(['10.0.0.1', '2001:db8::1'])('names the address %s as an address, with no subject', (address) => {
    const leaf = mint(address);
    expect(leaf.checkIP(address)).toBe(address);
    expect(leaf.checkHost(address)).toBeUndefined();
    expect(leaf.subject).toBeFalsy();
  });

  it.each([
    [64, true],
    [65, false],
  ])('with a name of %d characters has a common name: %s', (length, named) => {
    const host = `${'a'.repeat(60)}.${'b'.repeat(length - 61)}`;
    const leaf = mint(host);
    expect(leaf.checkHost(host)).toBe(host);
    expect(Boolean(leaf.subject)).toBe(named);
  });
});
