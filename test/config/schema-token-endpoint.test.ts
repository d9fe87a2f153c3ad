import { describe, expect, it } from '@jest/globals';
import { tokenEndpointKey } from '../../src/config/schema-token-endpoint.js';

describe('the key of a token endpoint', () => {
  it.each([
    'api',
    {},
    { secret: 'a b' },
    { secret: 'api', scope: '' },
    { secret: 'api', scope: ' read' },
    { secret: 'api', scope: 'read"' },
    { secret: 'api', scope: 'a'.repeat(4097) },
    { secret: 'api', expires: '1h' },
    { secret: 'api', asked_with: 'a b' },
    { secret: 'api', others: [{}] },
    { secret: 'api', others: [{ secret: 'b', others: [] }] },
  ])('cannot be %j', (key) => {
    expect(tokenEndpointKey.safeParse(key).success).toBe(false);
  });

  it('names a secret, and perhaps what its token is good for', () => {
    expect(tokenEndpointKey.parse(undefined)).toBeUndefined();
    expect(tokenEndpointKey.parse({ secret: 'api' })).toEqual({ secret: 'api', others: [] });
    const scope = 'https://mail.google.com/ openid';
    expect(tokenEndpointKey.parse({ secret: 'api', scope })).toEqual({ secret: 'api', scope, others: [] });
  });
});
