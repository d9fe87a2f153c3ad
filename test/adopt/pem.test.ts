import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { certificatesIn, toPemBundle } from '../../src/adopt/pem.js';
import { testAuthority } from '../support/certificates.js';

const [one, two] = [testAuthority('One'), testAuthority('Two')];

describe('PEM', () => {
  it('holds nothing where there is no certificate', () => {
    expect(certificatesIn(['', 'text', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])).toEqual([]);
  });

  it('is read with comments and Windows line ends, each certificate once', () => {
    const text = `# One\r\n${one.certificatePem.replaceAll('\n', '\r\n')}\n\nTwo\n${two.certificatePem}`;
    expect(certificatesIn([text, one.certificatePem])).toEqual([one.certificate.raw, two.certificate.raw]);
  });

  it('is written as it is read', () => {
    const bundle = toPemBundle([one.certificate.raw, two.certificate.raw]);
    expect(certificatesIn([bundle])).toEqual([one.certificate.raw, two.certificate.raw]);
    expect(new X509Certificate(bundle).fingerprint256).toBe(one.certificate.fingerprint256);
    expect(Math.max(...bundle.split('\n').map((line) => line.length))).toBe(64);
  });
});
