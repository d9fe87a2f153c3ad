import { describe, expect, it } from '@jest/globals';
import { isServerWide, parseAbsoluteTarget } from '../../src/policy/target.js';

describe('an absolute target is refused', () => {
  it.each([
    ['', 'bad_request'],
    ['/path', 'bad_request'],
    ['*', 'bad_request'],
    ['example.com:443', 'bad_request'],
    ['ftp://example.com/', 'bad_request'],
    ['ws://example.com/', 'bad_request'],
    ['httpss://example.com/', 'bad_request'],
    ['constructor://example.com/', 'bad_request'],
    ['http:/example.com/', 'bad_request'],
    ['http:example.com', 'bad_request'],
    [' http://example.com/', 'bad_request'],
    ['http://example.com/#fragment', 'bad_request'],
    ['http://example.com#fragment', 'bad_request'],
    ['http://example.com/a b', 'bad_request'],
    ['http://example.com/a\tb', 'bad_request'],
    ['http://example.com/a\r\nX: y', 'bad_request'],
    ['http://example.com/\0', 'bad_request'],
    ['http://example.com/\x7f', 'bad_request'],
    ['http://example.com/\u0100', 'bad_request'],
    ['http://', 'bad_authority'],
    ['http:///path', 'bad_authority'],
    ['http://?query', 'bad_authority'],
    ['http://user@example.com/', 'bad_authority'],
    ['http://user:password@example.com/', 'bad_authority'],
    ['http://example.com\\@evil.test/', 'bad_authority'],
    ['http://example.com\\evil/', 'bad_authority'],
    ['http://example.com:/', 'bad_authority'],
    ['http://example.com:0/', 'bad_authority'],
    ['http://example%2ecom/', 'bad_authority'],
    ['http://0x7f.1/', 'bad_authority'],
    ['http://[::1/', 'bad_authority'],
  ])('%j: %s', (text, code) => {
    expect(() => parseAbsoluteTarget(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe('an absolute target is read', () => {
  it.each([
    ['http://example.com/', 'http', 'example.com', 80, '/'],
    ['https://example.com/', 'https', 'example.com', 443, '/'],
    ['HTTPS://Example.COM/A', 'https', 'example.com', 443, '/A'],
    ['http://example.com', 'http', 'example.com', 80, '/'],
    ['http://example.com?q=1', 'http', 'example.com', 80, '/?q=1'],
    ['http://example.com/?', 'http', 'example.com', 80, '/?'],
    ['https://example.com:80/', 'https', 'example.com', 80, '/'],
    ['http://example.com:443/', 'http', 'example.com', 443, '/'],
    ['http://[::1]:8080/x', 'http', '::1', 8080, '/x'],
    [
      'http://example.com/a/../b/%2e%2E//c;d?e=/../f&g=http://h@i/',
      'http',
      'example.com',
      80,
      '/a/../b/%2e%2E//c;d?e=/../f&g=http://h@i/',
    ],
    ['http://example.com/\\x|"<>{}^`', 'http', 'example.com', 80, '/\\x|"<>{}^`'],
    ['http://example.com/\xc3\xbc', 'http', 'example.com', 80, '/\xc3\xbc'],
    ['http://example.com//', 'http', 'example.com', 80, '//'],
  ])('%j, its path as it was sent', (text, scheme, host, port, path) => {
    const read = parseAbsoluteTarget(text);
    expect(read.target.scheme).toBe(scheme);
    expect(read.target.authority).toMatchObject({ host, port });
    expect(read.path).toBe(path);
  });
});

describe('a request for the server as a whole', () => {
  it.each(['*', 'http://a.test', 'HTTPS://a.test:8443', 'http://[::1]'])('is OPTIONS for %s', (target) => {
    expect(isServerWide('OPTIONS', target)).toBe(true);
    expect(isServerWide('GET', target)).toBe(false);
    expect(isServerWide('options', target)).toBe(false);
  });

  it.each([
    '/',
    '/*',
    '*/',
    '**',
    '',
    'http://a.test/',
    'http://a.test?',
    'http://a.test#',
    'ftp://a.test',
    'a.test:80',
  ])('is not OPTIONS for %j', (target) => {
    expect(isServerWide('OPTIONS', target)).toBe(false);
  });
});
