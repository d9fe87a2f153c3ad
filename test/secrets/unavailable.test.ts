import { describe, expect, it } from '@jest/globals';
import { unavailable } from '../../src/secrets/unavailable.js';

describe('a secret that cannot be had', () => {
  it('tells the caller nothing but that, and the operator which and why', () => {
    const refusal = unavailable('github', 'it is empty');
    expect(refusal).toMatchObject({ code: 'secret_unavailable', status: 503 });
    expect(refusal.message).not.toContain('github');
    expect((refusal.cause as Error).message).toBe('the secret github is not available: it is empty');
  });
});
