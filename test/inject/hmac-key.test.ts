import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyFrom, type KeyEncoding } from '../../src/inject/hmac-key.js';
import { credentials } from './credentials.js';

const bytes = Buffer.concat([Buffer.from([0xfb, 0xff, 0xfe]), randomBytes(20)]);
const read = (value: string, encoding: KeyEncoding): Buffer =>
  keyFrom({ secret: 's', field: 'value' }, encoding, credentials({ s: { value } })).export();

describe('a key that is not what its encoding says', () => {
  it.each<[KeyEncoding, string]>([
    ['hex', 'abcdefabc'],
    ['hex', 'abcdefgh'],
    ['hex', 'abcdef0123\n'],
    ['base64', 'abcdefghi'],
    ['base64', 'abcd=fghijkl'],
    ['base64', 'abcdefg=h'],
    ['base64', 'abcd efgh'],
    ['base64', 'abcdefgh===='],
  ])('%s %j is refused, and not repeated', (encoding, value) => {
    expect(() => read(value, encoding)).toThrow(
      expect.objectContaining({
        code: 'secret_unavailable',
        cause: expect.objectContaining({
          message: `the secret s is not available: its field value is not ${encoding}`,
        }),
      }),
    );
  });
});

describe('a key', () => {
  it.each<[KeyEncoding, string, Buffer]>([
    ['text', 'pässwörd\n', Buffer.from('pässwörd\n')],
    ['hex', bytes.toString('hex'), bytes],
    ['hex', bytes.toString('hex').toUpperCase(), bytes],
    ['base64', bytes.toString('base64'), bytes],
    ['base64', bytes.toString('base64').replace(/=+$/, ''), bytes],
    ['base64', bytes.toString('base64url'), bytes],
  ])('in %s is read', (encoding, value, expected) => {
    expect(read(value, encoding)).toEqual(expected);
  });
});
