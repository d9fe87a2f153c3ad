import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { identifiersFor, laterIdentities } from '../../src/identity/registry.js';

describe('the ways to know a caller', () => {
  it('know a client by its token', () => {
    const [identify] = identifiersFor([{ name: 'desk', tokenSha256: createHash('sha256').update('t').digest('hex') }]);
    expect(identify?.({ username: 'desk', password: 't' })).toEqual({ client: 'desk' });
  });

  it('know nobody where there are no clients', () => {
    expect(identifiersFor([]).map((identify) => identify({ username: 'desk', password: 't' }))).toEqual([undefined]);
  });

  it('name those that come later, so that they can be refused by name', () => {
    expect(laterIdentities).toEqual(['jwt', 'mtls', 'kubernetes']);
  });
});
