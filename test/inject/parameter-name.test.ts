import { describe, expect, it } from '@jest/globals';
import { nameOf, nameReader } from '../../src/inject/parameter-name.js';

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
    'access_token]',
    ']access_token',
    'access.token[x]',
    'access%_token',
    'acce%C5%BF%C5%BF_token',
    '?access_token',
    '\xef\xbb\xbf?access_token',
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

  it('may be of more than ASCII', () => {
    const sent = ['é', 'É', '%C3%89', '%u00c9'].map((text) => Buffer.from(text).toString('latin1'));
    expect(sent.map(nameReader('é'))).toEqual([true, true, true, true]);
    expect(nameReader('é')('e')).toBe(false);
  });

  it('is read in time that grows with its length', () => {
    expect(nameReader('t')(`t${' '.repeat(1_000_000)}x`)).toBe(false);
    expect(nameReader('t')('%00'.repeat(1_000_000))).toBe(false);
  });

  it('stands before the equals sign that is not the first', () => {
    expect(['a=b=c', 'a', '=a=b', ' ==a=b', ''].map(nameOf)).toEqual(['a', 'a', '=a', ' ==a', '']);
  });
});
