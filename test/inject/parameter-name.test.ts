import { describe, expect, it } from '@jest/globals';
import { nameReader } from '../../src/inject/parameter-name.js';

describe('the name of a parameter', () => {
  it.each([
    'access_token',
    'access%5Ftoken',
    '%61%63cess_token',
    '%u0061ccess_token',
    'ACCESS_TOKEN',
    'Access_Token',
    'access.token',
    'access+token',
    'access%20token',
    'access[token',
    'access_token[]',
    'access_token[0]',
    'access_token%5B%5D',
    'access_token[a][b]',
    '[access_token]',
    ' access_token',
    '+access_token',
    '%09access_token%20',
    'access_token%00x',
    '=access_token',
  ])('is read in %j by some server', (sent) => expect(nameReader('access_token')(sent)).toBe(true));

  it.each([
    '',
    'access',
    'token',
    'access_token2',
    'xaccess_token',
    'access-token',
    'access%255Ftoken',
    'accesstoken',
    '_token',
  ])('is not read in %j', (sent) => expect(nameReader('access_token')(sent)).toBe(false));

  it('may have brackets of its own', () => {
    const reads = nameReader('auth[token]');
    expect(['auth[token]', 'auth%5Btoken%5D', 'auth[token][]'].map(reads)).toEqual([true, true, true]);
    expect(['auth', 'auth[user]', 'token'].map(reads)).toEqual([false, false, false]);
  });
});
