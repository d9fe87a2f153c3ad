import { describe, expect, it } from '@jest/globals';
import { parseUserinfo } from '../../src/core/userinfo.js';
import { base64 } from '../inject/credentials.js';

describe('the userinfo of a Basic header', () => {
  it.each([
    ['another scheme', `Bearer ${base64('a:b')}`],
    ['no scheme', base64('a:b')],
    ['nothing', 'Basic '],
    ['no base64', 'Basic a:b'],
    ['more than one word', `Basic ${base64('a:b')} x`],
  ])('is not there: %s', (_, value) => {
    expect(parseUserinfo(value)).toBeUndefined();
  });

  it.each([
    ['a name and a password', 'a:b', 'a', ':b'],
    ['colons in the password', 'a:b:c', 'a', ':b:c'],
    ['no password', 'a:', 'a', ':'],
    ['no name', ':b', '', ':b'],
    ['no colon', 'ab', 'ab', ''],
  ])('is read: %s', (_, userinfo, user, rest) => {
    expect(parseUserinfo(`bAsIc  ${base64(userinfo)} `)).toEqual({ userinfo, user, rest });
  });

  it('loses no byte, whatever its encoding', () => {
    const bytes = Buffer.from([0x00, 0xff, 0x3a, 0xc3, 0xa4, 0x80]);
    const parsed = parseUserinfo(`Basic ${bytes.toString('base64')}`);
    expect(Buffer.from(parsed?.userinfo ?? '', 'latin1')).toEqual(bytes);
  });

  it('is read without padding, as some clients send it', () => {
    expect(parseUserinfo(`Basic ${base64('ab:cd').replace(/=+$/, '')}`)?.userinfo).toBe('ab:cd');
  });
});
