import { describe, expect, it } from '@jest/globals';
import { clientsSection } from '../../src/config/schema-clients.js';

const section = clientsSection();

describe('a client', () => {
  it.each([
    [[{}]],
    [[{ name: 'a:b' }]],
    [[{ name: 'a', token_sha256: 'a'.repeat(63) }]],
    [[{ name: 'a', token_sha256: 'a'.repeat(65) }]],
    [[{ name: 'a', token_sha256: 'g'.repeat(64) }]],
    [[{ name: 'a', token: 'secret' }]],
    [[{ name: 'a', jwt: {} }]],
    [{ name: 'a' }],
  ])('cannot be %j', (clients) => {
    expect(section.safeParse(clients).success).toBe(false);
  });

  it('has a name and the digest of its token', () => {
    expect(section.parse([{ name: 'a', token_sha256: 'AB'.repeat(32) }, { name: 'b' }])).toEqual([
      { name: 'a', tokenSha256: 'ab'.repeat(32) },
      { name: 'b', tokenSha256: undefined },
    ]);
  });
});
