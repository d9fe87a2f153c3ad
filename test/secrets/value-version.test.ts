import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { valueVersion } from '../../src/secrets/value-version.js';

describe('the version of a value', () => {
  it('is the same for the same value, and another for another', () => {
    expect(valueVersion('some-value')).toBe(valueVersion('some-value'));
    expect(valueVersion('some-value')).not.toBe(valueVersion('some-valuf'));
  });

  it('is keyed: a guess cannot be checked against it', () => {
    const guess = createHash('sha256').update('some-value').digest('hex');
    expect(valueVersion('some-value')).toMatch(/^[0-9a-f]{16}$/);
    expect(guess).not.toContain(valueVersion('some-value'));
  });
});
