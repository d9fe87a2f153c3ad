import { expect, it } from '@jest/globals';
import { isTextType } from '../../src/scrub/text-type.js';

it.each([
  [undefined, true],
  ['', true],
  ['nonsense', true],
  ['text/plain; charset=utf-8', true],
  ['TEXT/Event-Stream', true],
  ['application/json', true],
  ['application/vnd.github.v3+json; charset=utf-8', true],
  ['image/svg+xml', true],
  ['application/x-www-form-urlencoded', true],
  ['multipart/byteranges; boundary=x', true],
  ['application/octet-stream', false],
  ['application/zip', false],
  ['application/jsonx', false],
  ['application/grpc', false],
  ['application/grpc+proto', false],
  ['image/png', false],
  ['video/text', false],
])('%s is text: %s', (type, expected) => {
  expect(isTextType(type)).toBe(expected);
});
