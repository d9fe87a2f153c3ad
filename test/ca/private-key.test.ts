import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseKey } from '../../src/ca/private-key.js';
import { UsageError } from '../../src/core/usage-error.js';
import { newKeys } from './corporate.js';
import { failure } from './support.js';

const pemOf = (pair: { privateKey: ReturnType<(typeof newKeys)['P-256']>['privateKey'] }): string =>
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the key of a CA', () => {
  it.each([
    ['nothing', 'nothing', 'holds no private key'],
    ['of a kind that cannot sign', pemOf(generateKeyPairSync('x25519')), 'of a kind that cannot be used'],
    ['on a curve that nobody takes', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })), 'of a kind that'],
    ['RSA too short for clients', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 })), 'less than 2048 bits'],
  ])('is refused: %s', (_, pem, reason) => {
    const error = failure(() => parseKey(pem, '/x/key.pem'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(reason);
    expect(error.message).toContain('/x/key.pem');
  });

  it('never goes into an error, not even broken', () => {
    const secret = pemOf(newKeys['P-256']()).replace('MIG', 'MIX');
    const error = failure(() => parseKey(secret, '/x/key.pem'));
    expect(error.message).not.toContain(secret.split('\n')[1]);
    expect(error.cause).toBeUndefined();
  });

  it.each(Object.entries(newKeys))('may be %s', (_, make) => {
    const pem = pemOf(make());
    expect(pemOf({ privateKey: parseKey(pem, 'x') })).toBe(pem);
  });
});
