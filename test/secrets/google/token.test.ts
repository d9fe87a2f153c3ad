import { describe, expect, it } from '@jest/globals';
import { accessTokenIn, idTokenIn, impersonatedTokenIn, type Token } from '../../../src/secrets/google/token.js';
import { reveal } from '../../../src/secrets/seal.js';
import { whyUnavailable } from '../context.js';

const now = 1_000_000;
const reading = { name: 'storage', origin: 'x:443', now };
const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const why = (read: () => Token): Promise<string> => whyUnavailable(new Promise((resolve) => resolve(read())));
const access = { access_token: 'ya29.s3cr3t', token_type: 'Bearer', expires_in: 60 };

describe('an answer without a token that can be used', () => {
  it.each([
    [{ ...access, token_type: 'DPoP' }, /a token that is not Bearer$/],
    [{ ...access, token_type: undefined }, /a token that is not Bearer$/],
    [{ ...access, access_token: undefined }, /no token$/],
    [{ ...access, access_token: 's3cr3t\r\nx: y' }, /no token$/],
    [{ ...access, access_token: '' }, /no token$/],
    [{ ...access, expires_in: undefined }, /a token whose end is past or unknown$/],
    [{ ...access, expires_in: 0 }, /a token whose end is past or unknown$/],
    [{ ...access, expires_in: '60' }, /a token whose end is past or unknown$/],
  ])('is %j', async (answer, expected) => {
    const refused = await why(() => accessTokenIn(reading, answer));
    expect(refused).toMatch(expected);
    expect(refused).not.toContain('s3cr3t');
  });

  it.each([undefined, 'soon', '1970-01-01T00:00:01Z', 9e12])('has this end: %j', async (expireTime) => {
    expect(await why(() => impersonatedTokenIn(reading, { accessToken: 's3cr3t', expireTime }))).toMatch(/end is past/);
  });

  it.each([undefined, 's3cr3t', 'a.b', 'a.!.b', jwt([]), jwt({}), jwt({ exp: 'x' }), jwt({ exp: 1 })])(
    'is this for an ID token: %j',
    async (text) => {
      expect(await why(() => idTokenIn(reading, text))).toMatch(/answered with (no token|a token whose end)/);
    },
  );
});

describe('a token in an answer', () => {
  it('is sealed, with its end', () => {
    const at = '1970-01-01T00:20:00Z';
    const tokens = [
      accessTokenIn(reading, access),
      impersonatedTokenIn(reading, { accessToken: 'ya29.other', expireTime: at }),
      idTokenIn(reading, jwt({ exp: 1100 })),
    ];
    expect(tokens.map(({ value, expiresAt }) => [reveal(value), expiresAt])).toEqual([
      ['ya29.s3cr3t', now + 60_000],
      ['ya29.other', 1_200_000],
      [jwt({ exp: 1100 }), 1_100_000],
    ]);
  });

  it('is held for twelve hours at most, whatever the answer says', () => {
    const { expiresAt } = accessTokenIn(reading, { ...access, expires_in: 1e9 });
    expect(expiresAt).toBe(now + 12 * 3_600_000);
  });
});
