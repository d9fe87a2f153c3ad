import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IssuingAuthority } from '../../src/ca/authority.js';
import { loadFileAuthority, type OperatorFiles } from '../../src/ca/operator-files.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError, UsageError } from '../../src/core/usage-error.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { corporate, member } from './corporate.js';
import { clockAt, failure, operatorFiles } from './support.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-operator-'));
afterAll(() => rmSync(base, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(base, 'x-'));
});

const own = member('My own CA');
const load = (paths: OperatorFiles, clock = systemClock): IssuingAuthority => loadFileAuthority({ ...paths, clock });

describe('the CA of the operator', () => {
  it.each(['cert_file', 'key_file'] as const)('is refused where its %s is missing', (which) => {
    const paths = operatorFiles(dir, own.pem, own.keyPem);
    rmSync(paths[which]);
    const error = failure(() => load(paths));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`${paths[which]} is missing.`);
  });

  it.each([0o644, 0o640, 0o604])('is refused where its key is open to others (mode %o)', (mode) => {
    const paths = operatorFiles(dir, own.pem, own.keyPem);
    chmodSync(paths.key_file, mode);
    expect(failure(() => load(paths)).message).toContain('make it 0600');
  });

  it.each([
    ['with another key', own.pem, member('Another').keyPem, 'is not the key of the CA'],
    ['without a certificate', 'nothing', own.keyPem, 'holds no certificate'],
  ])('is refused %s', (_, certificate, key, reason) => {
    const error = failure(() => load(operatorFiles(dir, certificate, key)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(reason);
  });

  it('is refused where it is a server certificate', () => {
    const { cert, key } = serverCertificate(testAuthority(), ['a.test']);
    expect(failure(() => load(operatorFiles(dir, cert, key))).message).toContain('is not that of a CA');
  });

  it('is refused once it has expired, and before it begins', () => {
    const paths = operatorFiles(dir, own.pem, own.keyPem);
    const [begin, end] = [Date.parse(own.certificate.validFrom), Date.parse(own.certificate.validTo)];
    expect(failure(() => load(paths, clockAt(end))).message).toContain('expired on');
    expect(failure(() => load(paths, clockAt(begin - 1))).message).toContain('is not valid before');
    expect(load(paths, clockAt(end - 1)).certificatePem).toBe(own.pem);
    expect(load(paths, clockAt(begin)).certificatePem).toBe(own.pem);
  });

  it('is refused once what signs it has expired', () => {
    const root = member('A root of yesterday', { days: -1 });
    const { pem, keyPem } = member('An intermediate', { by: root });
    const error = failure(() => load(operatorFiles(dir, pem + root.pem, keyPem)));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toMatch(/A root of yesterday, which signs the CA, .*expired on/);
  });

  it('sends nothing after its leaves where it is the root', () => {
    const authority = load(operatorFiles(dir, own.pem, own.keyPem));
    expect(authority.chainPem).toBe('');
    expect(authority.trustPem).toBe(own.pem);
    expect(authority.certificateDer).toEqual(own.certificate.raw);
    expect(authority.issue({ host: 'a.test' }).certificatePem.match(/BEGIN/g)).toHaveLength(1);
  });

  it('may be mounted by way of links, as Kubernetes mounts a secret', () => {
    const paths = operatorFiles(dir, own.pem, own.keyPem);
    const links = { cert_file: join(dir, 'tls.crt'), key_file: join(dir, 'tls.key') };
    symlinkSync(paths.cert_file, links.cert_file);
    symlinkSync(paths.key_file, links.key_file);
    expect(load(links).certificatePem).toBe(own.pem);
  });

  it('may have its certificates in any order, with others among them', () => {
    const { root, intermediate } = corporate();
    const [{ pem: stranger }, i] = [member('A stranger'), intermediate.pem];
    for (const pem of [root.pem + i, i + root.pem, stranger + root.pem + i + stranger]) {
      const authority = load(operatorFiles(dir, pem, intermediate.keyPem));
      expect(authority.chainPem).toBe(i);
      expect(authority.trustPem).toBe(root.pem);
    }
  });
});

describe('an encrypted key of the operator', () => {
  const passphrase = `${Math.random()} with spaces `;
  const formats: [string, { type: 'pkcs8' | 'sec1'; format: 'pem'; cipher: string; passphrase: string }][] = [
    ['PKCS #8', { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }],
    ['the older form', { type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase }],
  ];

  describe.each(formats)('in %s', (_, format) => {
    const keyPem = createPrivateKey(own.keyPem).export(format).toString();
    const withPassphrase = (text: string, mode = 0o600): OperatorFiles => {
      const key_passphrase_file = join(dir, 'passphrase');
      writeFileSync(key_passphrase_file, text, { mode });
      return { ...operatorFiles(dir, own.pem, keyPem), key_passphrase_file };
    };

    it('is refused without a passphrase, with the key to give it by', () => {
      const error = failure(() => load(operatorFiles(dir, own.pem, keyPem)));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain('ca.key_passphrase_file');
    });

    it('is refused with a wrong one, which is told to nobody', () => {
      const error = failure(() => load(withPassphrase(`not ${passphrase}`)));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain('cannot be decrypted');
      expect(`${error.message}${String(error.cause)}`).not.toContain(passphrase);
    });

    it('is refused where the passphrase is open to others, or empty', () => {
      expect(failure(() => load(withPassphrase(passphrase, 0o644))).message).toContain('make it 0600');
      rmSync(join(dir, 'passphrase'));
      expect(failure(() => load(withPassphrase('\n'))).message).toContain('is empty');
    });

    it('is read with the first line of the file', () => {
      expect(load(withPassphrase(`${passphrase}\nmore\n`)).certificatePem).toBe(own.pem);
    });
  });
});
