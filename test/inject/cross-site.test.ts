import { describe, expect, it } from '@jest/globals';
import type { Authority } from '../../src/core/message.js';
import { isCrossSite } from '../../src/inject/cross-site.js';
import { headWith } from './credentials.js';

const api: Authority = { host: 'api.example.com', port: 443, kind: 'name' };
const crossSite = (...headers: string[]): boolean => isCrossSite(headWith(headers), api);

describe('a request that a browser makes across sites', () => {
  it.each([
    ['Fetch Metadata says so', ['sec-fetch-site', 'cross-site']],
    ['in any case', ['Sec-Fetch-Site', 'Cross-Site']],
    ['one of two says so', ['sec-fetch-site', 'same-origin', 'sec-fetch-site', 'cross-site']],
    ['its origin is another host', ['origin', 'https://evil.example']],
    ['its origin is a sibling', ['origin', 'https://www.example.com']],
    ['its origin is a host below', ['origin', 'https://x.api.example.com']],
    ['its origin only begins alike', ['origin', 'https://api.example.com.evil.example']],
    ['its origin hides the host in userinfo', ['origin', 'https://api.example.com@evil.example']],
    ['its origin is opaque', ['origin', 'null']],
    ['its origin is an extension', ['origin', 'chrome-extension://abcdefghijklmnop']],
    ['its origin is a file', ['origin', 'file://']],
    ['its origin is empty', ['origin', '']],
    ['its origin cannot be read', ['origin', 'https://api.example.com https://evil.example']],
    ['one of two origins is', ['origin', 'https://api.example.com', 'origin', 'https://evil.example']],
  ])('is known: %s', (_, headers) => {
    expect(crossSite(...headers)).toBe(true);
  });

  it.each([
    ['a program that is no browser', ['user-agent', 'curl/8']],
    ['the same origin', ['origin', 'https://api.example.com', 'sec-fetch-site', 'same-origin']],
    ['the same host in capitals', ['origin', 'https://API.EXAMPLE.COM']],
    ['the same host on another port', ['origin', 'https://api.example.com:8443']],
    ['an address that was typed', ['sec-fetch-site', 'none']],
    ['another header that speaks of it', ['x-origin', 'https://evil.example']],
  ])('is not: %s', (_, headers) => {
    expect(crossSite(...headers)).toBe(false);
  });

  it('is known by address too', () => {
    const loopback: Authority = { host: '::1', port: 443, kind: 'ipv6' };
    expect(isCrossSite(headWith(['origin', 'https://[0:0::1]']), loopback)).toBe(false);
    expect(isCrossSite(headWith(['origin', 'https://[::2]']), loopback)).toBe(true);
  });
});
