import { describe, expect, it } from '@jest/globals';
import { laterSinks } from '../../src/audit/registry.js';
import { configSchema } from '../../src/config/schema.js';

const accepts = (value: object): boolean => configSchema('/etc/k').safeParse({ version: 1, ...value }).success;

describe('the grammar', () => {
  it.each([0, 2, '1', 1.5, undefined])('has no version %j', (version) => {
    expect(accepts({ version })).toBe(false);
  });

  it.each(['observe_until', 'approvals', 'rates', 'mcp', 'state', 'admin_token_file', 'anything'])(
    'has no section %s',
    (section) => {
      expect(accepts({ [section]: {} })).toBe(false);
    },
  );

  it.each(laterSinks)('has no sink %s yet', (type) => {
    expect(accepts({ audit: [{ type }] })).toBe(false);
  });

  it('does not do without audit', () => {
    expect(accepts({ audit: [] })).toBe(false);
    expect(accepts({ audit: [{ type: 'file', dir: 'a' }] })).toBe(true);
  });
});
