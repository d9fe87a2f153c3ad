import { describe, expect, it } from '@jest/globals';
import type { SecretVariable } from '../../src/catalogue/service.js';
import { secretInValue } from '../../src/adopt/secret-in-value.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a value that does not hold a secret as expected', () => {
  it.each(['', 'no json', '[]', 'null', '{}', '{"Authorization":1}', '{"Authorization":"a b c"}'])(
    'as JSON headers: %j',
    (value) => expect(secretInValue(value, 'json-headers')).toBeUndefined(),
  );

  it.each(['', 'not base64!', base64('no colon'), base64('user:'), base64('user:\u0000x')])(
    'as userinfo: %j',
    (value) => expect(secretInValue(value, 'base64-userinfo')).toBeUndefined(),
  );
});

describe('a secret in a value', () => {
  it.each([
    ['secret', undefined, 'secret', 'P'],
    ['{"authorization":"Bearer s-1","x":2}', 'json-headers', 's-1', '{"authorization":"Bearer P","x":2}'],
    ['{"Authorization":"s-1"}', 'json-headers', 's-1', '{"Authorization":"P"}'],
    [base64('me:a:b'), 'base64-userinfo', 'a:b', base64('me:P')],
    [base64(':pat'), 'base64-userinfo', 'pat', base64(':P')],
  ] as [string, SecretVariable['holds'], string, string][])('%j as %s', (value, holds, secret, replaced) => {
    const found = secretInValue(value, holds);
    expect(found?.secret).toBe(secret);
    expect(found?.replaceBy('P')).toBe(replaced);
  });
});
