import { describe, expect, it } from '@jest/globals';
import { sessionFields, sessionHead } from '../../src/upstream/session-answer.js';

describe('the head of an answer is refused', () => {
  it.each([
    ['without a status', ['x', 'y']],
    ['of two digits', [':status', '20']],
    ['below 100', [':status', '099']],
    ['above 599', [':status', '600']],
    ['that would be another protocol', [':status', '101']],
    ['with two lengths', [':status', '200', 'content-length', '1', 'content-length', '1']],
    ['with a length that is read in two ways', [':status', '200', 'content-length', '010']],
    ['with a transfer coding', [':status', '200', 'transfer-encoding', 'gzip']],
    ['with a name that is none', [':status', '200', 'a b', 'c']],
    ['with a value that ends its line', [':status', '200', 'a', 'b\r\nc: d']],
    ['that is too large', [':status', '200', 'a', 'b'.repeat(1000)]],
  ])('%s', (_, raw) => {
    expect(() => sessionHead(raw, 'GET', 1000)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});

it('the head of an answer is a status and fields, in order', () => {
  const { status, headers } = sessionHead([':status', '200', 'set-cookie', 'a', 'set-cookie', 'b'], 'GET', 1000);
  expect([status, headers.raw]).toEqual([200, ['set-cookie', 'a', 'set-cookie', 'b']]);
});

it('a trailer section is fields, without pseudo-header fields', () => {
  expect(sessionFields(['grpc-status', '0', ':status', '200'], 1000).raw).toEqual(['grpc-status', '0']);
  expect(() => sessionFields(['a', 'b\n'], 1000)).toThrow();
});
