import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Router } from '../../../src/adopt/preload/route.cjs';
import { compilePreload } from './compiled-preload.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-route-'));
compilePreload(folder);
const { readRouter } = createRequire(join(folder, 'preload.cjs'))('./route.cjs') as {
  readRouter: (environment: Record<string, string | undefined>) => Router;
};
afterAll(() => rmSync(folder, { recursive: true }));

const HTTPS_PROXY = 'http://run:pass%20word@127.0.0.1:8700';

describe('the way out without a usable proxy', () => {
  it.each([
    [{}, 'missing'],
    [{ HTTPS_PROXY: '' }, 'missing'],
    [{ HTTPS_PROXY: 'nonsense of a secret' }, 'no URL'],
    [{ HTTPS_PROXY: 'https://run:secret@127.0.0.1:1' }, 'http proxy'],
    [{ HTTPS_PROXY: 'socks5://run:secret@127.0.0.1:1' }, 'http proxy'],
  ])('is closed for %j', (environment, reason) => {
    const route = readRouter(environment)('api.example.com', 443);
    expect(route).toEqual({ kind: 'none', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(route)).not.toContain('secret');
  });
});

describe('the way out through the proxy', () => {
  it('holds the decoded credentials as Proxy-Authorization takes them', () => {
    const authorization = `Basic ${Buffer.from('run:pass word').toString('base64')}`;
    const proxy = { host: '127.0.0.1', port: 8700, authorization };
    expect(readRouter({ HTTPS_PROXY })('api.example.com', 443)).toEqual({ kind: 'proxy', proxy });
    expect(readRouter({ https_proxy: HTTPS_PROXY })('api.example.com', 80)).toEqual({ kind: 'proxy', proxy });
  });

  it('is decided by the environment as it was at the start', () => {
    const environment = { HTTPS_PROXY, NO_PROXY: '' };
    const router = readRouter(environment);
    environment.NO_PROXY = '*';
    expect(router('api.example.com', 443).kind).toBe('proxy');
  });

  it.each([
    'example.org',
    'localhost.example.com',
    '128.0.0.1',
    '10.0.0.1',
    '127.0.0.1.example.com',
    '::2',
    '2130706433',
  ])('is taken by %s, which is no loopback', (host) =>
    expect(readRouter({ HTTPS_PROXY })(host, 443).kind).toBe('proxy'),
  );
});

describe('the direct way', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ])('is for loopback, as %s', (host) => expect(readRouter({ HTTPS_PROXY })(host, 443).kind).toBe('direct'));

  it('is for the proxy itself, and not for another port of its address', () => {
    const router = readRouter({ HTTPS_PROXY: 'http://u:p@192.0.2.1:3128' });
    expect(router('192.0.2.1', 3128).kind).toBe('direct');
    expect(router('192.0.2.1', 3129).kind).toBe('proxy');
  });

  it.each([
    ['example.com', 'example.com', 443, 'direct'],
    ['example.com', 'a.example.com', 443, 'direct'],
    ['.example.com', 'a.example.com', 443, 'direct'],
    ['*.example.com', 'a.example.com', 443, 'direct'],
    ['EXAMPLE.com', 'a.Example.Com', 443, 'direct'],
    ['x, example.com y', 'example.com', 443, 'direct'],
    ['example.com:8443', 'example.com', 8443, 'direct'],
    ['*', 'example.com', 443, 'direct'],
    ['2001:db8::1', '2001:db8::1', 443, 'direct'],
    ['[2001:db8::1]:8443', '2001:db8::1', 8443, 'direct'],
    ['example.com:8443', 'example.com', 443, 'proxy'],
    ['example.com', 'badexample.com', 443, 'proxy'],
    ['example.com', 'example.com.evil.test', 443, 'proxy'],
    ['[2001:db8::1]:8443', '2001:db8::1', 443, 'proxy'],
    ['', 'example.com', 443, 'proxy'],
  ])('with NO_PROXY=%s leads %s:%d %s', (NO_PROXY, host, port, kind) => {
    expect(readRouter({ HTTPS_PROXY, NO_PROXY })(host, port).kind).toBe(kind);
  });
});
