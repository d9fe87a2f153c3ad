import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newToken } from '../../src/identity/new-token.js';
import { tokenIdentifier } from '../../src/identity/token.js';

describe('a new token', () => {
  it('has 256 bits, another one each time', () => {
    const tokens = Array.from({ length: 100 }, () => newToken().token);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('can stand in a proxy URL as it is', () => {
    const { token } = newToken();
    expect(new URL(`http://desk:${token}@127.0.0.1:8700`).password).toBe(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('is known by its hash', () => {
    const { token, sha256 } = newToken();
    expect(sha256).toBe(createHash('sha256').update(token).digest('hex'));
    const identify = tokenIdentifier([{ name: 'desk', tokenSha256: sha256 }]);
    expect(identify({ username: 'desk', password: token })).toEqual({ client: 'desk' });
  });
});
