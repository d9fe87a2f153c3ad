import { describe, expect, it } from '@jest/globals';
import { urlValueOf } from '../../src/inject/url-value.js';
import { credentials } from './credentials.js';

const valueOf = (value: string): string =>
  urlValueOf({ secret: 'api', field: 'value' }, credentials({ api: { value } }));

describe('a value in a URL', () => {
  it.each([
    ['a NUL', 's3cr3t\0value'],
    ['a line end', 's3cr3t-value\n'],
    ['a delete', 's3cr3t\x7fvalue'],
    ['a high control character', 's3cr3t\x85value'],
    ['half a surrogate pair', 's3cr3t\ud800value'],
  ])('is refused where it is or holds %s, and never repeated', (_, value) => {
    let caught: unknown;
    try {
      valueOf(value);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      code: 'secret_unavailable',
      cause: { message: expect.stringContaining('secret api') },
    });
    expect(String((caught as Error).cause)).not.toContain('s3cr3t');
  });

  it.each(['a value with spaces', 'ä€😀 and more', '/?#%/?#%'])('may be %s', (value) =>
    expect(valueOf(value)).toBe(value),
  );
});
