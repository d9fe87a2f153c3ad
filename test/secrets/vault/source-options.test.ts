import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sourceOptions } from '../../../src/secrets/vault/source-options.js';

const schema = z.strictObject(sourceOptions);

describe('a secret in Vault', () => {
  it.each([
    {},
    { path: 'kv/../x' },
    { path: 'kv/x', version: 0 },
    { path: 'kv/x', version: 1.5 },
    { path: 'kv/x', kv_version: 3 },
    { path: 'kv/x', method: 'delete' },
    { path: 'kv/x', parameters: { 'a b': 'x' } },
    { path: 'kv/x', parameters: { a: { b: 'x' } } },
    { path: 'kv/x', refresh: '0s' },
    { path: 'kv/x', field: 'x' },
  ])('is refused: %j', (entry) => {
    expect(schema.safeParse(entry).success).toBe(false);
  });

  it('needs no more than its path', () => {
    expect(schema.parse({ path: 'kv/x' })).toEqual({
      path: 'kv/x',
      method: 'read',
      parameters: {},
      refresh: 300_000,
      max_stale: 3_600_000,
    });
  });
});
