import { describe, expect, it } from '@jest/globals';
import { SecretReference, secretReference } from '../../src/secrets/reference.js';

describe('a reference to another secret', () => {
  it.each([
    '',
    '.',
    '.value',
    'key.',
    'a.b.c',
    'a b',
    '-a',
    '{key}',
    'key.a b',
    'x'.repeat(65),
    `a.${'x'.repeat(65)}`,
    'a\n',
  ])('is refused: %j', (text) => {
    expect(secretReference.safeParse(text).success).toBe(false);
  });

  it.each([
    ['key', 'key', 'value', 'key'],
    ['key.value', 'key', 'value', 'key'],
    ['my-key_1.tls_key', 'my-key_1', 'tls_key', 'my-key_1.tls_key'],
    ['a.__proto__', 'a', '__proto__', 'a.__proto__'],
  ])('is a name, and a field where it is not `value`: %s', (text, name, field, shown) => {
    const reference = secretReference.parse(text);
    expect(reference).toBeInstanceOf(SecretReference);
    expect([reference.name, reference.field, reference.toString()]).toEqual([name, field, shown]);
  });
});
