import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkTime, openKeyPair, type KeyPairTexts } from '../../src/inject/client-key-pair.js';
import { clientCertificate, encryptedKey, type KeyPairPem } from '../support/client-certificate.js';

const hour = 3_600_000;
let ours: KeyPairPem;
let other: KeyPairPem;
beforeAll(() => {
  ours = clientCertificate('keywright');
  other = clientCertificate('other');
});

const open = (texts: Partial<KeyPairTexts> = {}) =>
  openKeyPair('mtls', { certificate: ours.cert, key: ours.key, chain: '', passphrase: undefined, ...texts });

describe('a certificate and a key that cannot be used', () => {
  it.each<[string, () => Partial<KeyPairTexts>, string]>([
    ['no certificate', () => ({ certificate: ours.key }), 'holds no certificate in PEM'],
    [
      'a certificate among intermediates alone',
      () => ({ certificate: 'x', chain: ours.cert }),
      'holds no certificate in PEM',
    ],
    [
      'a certificate that was cut',
      () => ({ certificate: ours.cert.replace(/\n.{64}\r\n/, '\n') }),
      'holds a certificate that cannot be read',
    ],
    ['no key', () => ({ key: ours.cert }), 'holds no private key in PEM'],
    [
      'a key that was cut',
      () => ({ key: ours.key.replace(/\n.{64}\n/, '\n') }),
      'holds a private key that cannot be read',
    ],
    ['the key of another', () => ({ key: other.key }), 'holds a private key that is not that of its certificate'],
    [
      'an encrypted key, and no passphrase',
      () => ({ key: encryptedKey(ours.key, 'abcdefgh') }),
      'holds a private key that is encrypted, and the policy names no passphrase',
    ],
    [
      'a key encrypted in the old way, and no passphrase',
      () => ({ key: encryptedKey(ours.key, 'abcdefgh', 'pkcs1') }),
      'holds a private key that is encrypted, and the policy names no passphrase',
    ],
    [
      'another passphrase',
      () => ({ key: encryptedKey(ours.key, 'abcdefgh'), passphrase: 'hgfedcba' }),
      'holds a private key that cannot be read with its passphrase',
    ],
  ])('%s: refused in words, which repeat nothing of it', (_, texts, why) => {
    const given = { certificate: ours.cert, key: ours.key, ...texts() };
    let refusal: unknown;
    try {
      open(given);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      code: 'secret_unavailable',
      cause: { message: `the secret mtls ${why}`, name: 'Reason' },
    });
    expect((refusal as { cause: { cause?: unknown } }).cause.cause).toBeUndefined();
  });

  it('one that OpenSSL finds too weak is refused where a context is made', () => {
    expect(() => open().contextWith({ ciphers: 'DEFAULT@SECLEVEL=5' })).toThrow(
      expect.objectContaining({
        code: 'secret_unavailable',
        cause: expect.objectContaining({
          message: expect.stringContaining('OpenSSL does not take'),
        }),
      }),
    );
  });

  it('one outside its time is refused, to the second', () => {
    const pair = open();
    const { validFrom, validTo } = new X509Certificate(ours.cert);
    const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
    expect([pair.notBefore, pair.notAfter]).toEqual([begins, ends]);
    for (const now of [begins, ends, begins + hour]) expect(() => checkTime('mtls', pair, now)).not.toThrow();
    const reason = (message: string) =>
      expect.objectContaining({
        code: 'secret_unavailable',
        cause: expect.objectContaining({ message }),
      });
    expect(() => checkTime('mtls', pair, ends + 1)).toThrow(
      reason(`the secret mtls holds a certificate that has expired on ${new Date(ends).toISOString()}`),
    );
    expect(() => checkTime('mtls', pair, begins - 1)).toThrow(
      reason(`the secret mtls holds a certificate that is not valid before ${new Date(begins).toISOString()}`),
    );
  });
});

describe('a certificate and its key', () => {
  it.each<[string, () => Partial<KeyPairTexts>]>([
    ['in a field each', () => ({})],
    [
      'in one text, the key first',
      () => ({ certificate: `${ours.key}\n${ours.cert}`, key: `${ours.key}\n${ours.cert}` }),
    ],
    ['with CRLF', () => ({ certificate: ours.cert.replaceAll('\n', '\r\n'), key: ours.key.replaceAll('\n', '\r\n') })],
    ['under a passphrase', () => ({ key: encryptedKey(ours.key, 'abcdefgh'), passphrase: 'abcdefgh' })],
    [
      'under a passphrase in the old way',
      () => ({ key: encryptedKey(ours.key, 'abcdefgh', 'pkcs1'), passphrase: 'abcdefgh' }),
    ],
    ['with a passphrase that is not needed', () => ({ passphrase: 'abcdefgh' })],
  ])('%s make a context', (_, texts) => {
    expect(open(texts()).contextWith({ minVersion: 'TLSv1.2' })).toHaveProperty('context');
  });

  it('have an id that is of what is shown: certificate and intermediates', () => {
    const [alone, again, chained] = [open(), open(), open({ chain: other.cert })];
    expect(again.id).toBe(alone.id);
    expect(chained.id).not.toBe(alone.id);
    expect(open({ certificate: `${ours.cert}${other.cert}` }).id).toBe(chained.id);
  });
});
