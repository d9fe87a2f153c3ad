import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { javaTrustStore, javaTrustStorePassword } from '../../src/adopt/java-trust-store.js';
import { testAuthority } from '../support/certificates.js';

const authorities = [testAuthority('One'), testAuthority('Two')];
const store = javaTrustStore(
  authorities.map(({ certificate }) => certificate.raw),
  Date.UTC(2026, 10, 23),
);
const hasKeytool = spawnSync('keytool', ['-help']).error === undefined;

describe('a Java trust store', () => {
  it('begins with the magic, version 2 and the count, and ends with a SHA-1', () => {
    expect(store.subarray(0, 16).toString('hex')).toBe('feedfeed' + '00000002' + '00000002' + '00000002');
    expect(store.subarray(16, 29).toString()).toBe('\u0000\u000bkeywright-0');
    const certificates = authorities.reduce((sum, { certificate }) => sum + certificate.raw.length, 0);
    expect(store).toHaveLength(12 + 2 * (4 + 13 + 8 + 7 + 4) + certificates + 20);
  });

  (hasKeytool ? it : it.skip)(
    'is read by keytool, and refused once it is altered',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'keywright-java-'));
      const file = join(folder, 't.jks');
      const list = () =>
        execFileSync('keytool', ['-list', '-v', '-keystore', file, '-storepass', javaTrustStorePassword], {
          stdio: 'pipe',
        }).toString();
      writeFileSync(file, store);
      const text = list();
      for (const { certificate } of authorities) expect(text).toContain(certificate.fingerprint256);
      writeFileSync(file, Buffer.concat([store.subarray(0, -1), Buffer.from([(store.at(-1) ?? 0) ^ 1])]));
      expect(list).toThrow('Command failed');
      rmSync(folder, { recursive: true });
    },
    60_000,
  );
});
