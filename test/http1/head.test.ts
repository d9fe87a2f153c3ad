import { describe, expect, it } from '@jest/globals';
import { parseRequestHead, parseStatusHead } from '../../src/http1/head.js';
import { Malformed } from '../../src/http1/malformed.js';

describe('a request line', () => {
  it.each([
    ['nothing', ''],
    ['two parts', 'GET /'],
    ['four parts', 'GET / a HTTP/1.1'],
    ['two spaces', 'GET  / HTTP/1.1'],
    ['a tab', 'GET\t/ HTTP/1.1'],
    ['a space at its end', 'GET / HTTP/1.1 '],
    ['a lower-case method', 'get / HTTP/1.1'],
    ['a method that is no token', 'G(T / HTTP/1.1'],
    ['a method of 65 characters', `${'A'.repeat(65)} / HTTP/1.1`],
    ['HTTP/1.2', 'GET / HTTP/1.2'],
    ['HTTP/2.0', 'GET / HTTP/2.0'],
    ['a version in lower case', 'GET / http/1.1'],
    ['a control in its target', 'GET /\x01 HTTP/1.1'],
    ['a high byte in its target', 'GET /\xe4 HTTP/1.1'],
    ['a bare CR in its target', 'GET /\r HTTP/1.1'],
  ])('of %s is refused', (_, line) => {
    expect(() => parseRequestHead(line)).toThrow(Malformed);
    expect(() => parseRequestHead(`${line}\r\nHost: a`)).toThrow(Malformed);
  });

  it('gives its target as it was sent', () => {
    expect(parseRequestHead('M-SEARCH *?%zz#"| HTTP/1.0\r\nHost: a')).toMatchObject({
      method: 'M-SEARCH',
      url: '*?%zz#"|',
      version: '1.0',
      headers: { raw: ['Host', 'a'] },
    });
  });
});

describe('a status line', () => {
  it.each([
    ['nothing', ''],
    ['HTTP/0.9', 'HTTP/0.9 200 OK'],
    ['HTTP/2', 'HTTP/2 200'],
    ['ICY', 'ICY 200 OK'],
    ['two digits', 'HTTP/1.1 20 OK'],
    ['four digits', 'HTTP/1.1 2000 OK'],
    ['a status below 100', 'HTTP/1.1 099 OK'],
    ['a signed status', 'HTTP/1.1 +20 OK'],
    ['a bare CR in its reason', 'HTTP/1.1 200 a\rb'],
    ['NUL in its reason', 'HTTP/1.1 200 \0'],
    ['two spaces before the status', 'HTTP/1.1  200 OK'],
    ['an informational answer in HTTP/1.0', 'HTTP/1.0 103 Early Hints'],
  ])('of %s is refused', (_, line) => {
    expect(() => parseStatusHead(line)).toThrow(Malformed);
  });

  it.each([
    ['HTTP/1.1 200 OK', 200, 'OK'],
    ['HTTP/1.1 404 ', 404, ''],
    ['HTTP/1.0 999', 999, ''],
    ['HTTP/1.1 200 a  b\t\xe4', 200, 'a  b\t\xe4'],
  ])('%j is read', (line, status, statusText) => {
    expect(parseStatusHead(`${line}\r\nX: a`)).toMatchObject({ status, statusText, headers: { raw: ['X', 'a'] } });
  });
});
