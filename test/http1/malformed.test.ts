import { expect, it } from '@jest/globals';
import { parseRequestHead } from '../../src/http1/head.js';
import { Malformed } from '../../src/http1/malformed.js';

it('a malformed message says what is wrong in our own words, and nothing of what was read', () => {
  let error: unknown;
  try {
    parseRequestHead('GET / HTTP/1.1\r\nAuthorization s3cr3t');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(Malformed);
  expect(error).toMatchObject({ name: 'Malformed', kind: 'syntax' });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('s3cr3t');
});
