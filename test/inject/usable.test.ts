import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { headerValueOf, isSecret, unusable } from '../../src/inject/usable.js';
import { credentials } from './credentials.js';
import { unusableValues } from './unusable.js';

const reference = { secret: 'api', field: 'value' };
const headerValue = (value: string): string => headerValueOf(reference, credentials({ api: { value } }));

describe('a secret with bytes that a header cannot hold', () => {
  it.each(unusableValues)('is refused and never printed: %s', (_, value) => {
    try {
      headerValue(value);
      throw new TypeError('was not refused');
    } catch (error) {
      expect(error).toMatchObject({ code: 'secret_unavailable', status: 503 });
      expect(inspect(error)).toContain('the secret api is not available: its field value holds characters');
      expect(inspect(error)).not.toContain('s3cr3t');
    }
  });
});

describe('a secret that can stand in a header', () => {
  it.each([['s3cr3t-value'], ['with inner spaces'], ['!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'], ['12345678']])(
    '%s',
    (value) => {
      expect(headerValue(value)).toBe(value);
    },
  );
});

describe('an unusable value', () => {
  it('is told by the names of its secret and field', () => {
    const { cause } = unusable({ secret: 'jira', field: 'user' }, 'is no good');
    expect((cause as Error).message).toBe('the secret jira is not available: its field user is no good');
  });
});

describe('a value', () => {
  it('is secret unless its field is plain', () => {
    const values = credentials({ jira: { user: 'bob', token: 's3cr3t-value' } }, ['user']);
    expect(isSecret({ secret: 'jira', field: 'token' }, values)).toBe(true);
    expect(isSecret({ secret: 'jira', field: 'user' }, values)).toBe(false);
  });
});
