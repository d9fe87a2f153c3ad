import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { MissingError } from '../../src/core/usage-error.js';
import { readCertificates } from '../../src/net/certificates.js';
import { testAuthority } from '../support/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'ca.pem');

describe('a file of certificates to trust', () => {
  it.each(['', 'not one\n', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n'])(
    'is refused without a certificate in it: %j',
    (text) => {
      writeFileSync(file, text);
      expect(() => readCertificates(file)).toThrow(
        new MissingError(`the certificate file ${file} holds no certificate in PEM.`),
      );
    },
  );

  it('is refused where it is not there', () => {
    expect(() => readCertificates(join(folder, 'none'))).toThrow(/missing or cannot be read/);
  });

  it('is taken as it is, with what stands around', () => {
    const text = `# ours\n${testAuthority().certificatePem}`;
    writeFileSync(file, text);
    expect(readCertificates(file)).toBe(text);
  });
});
