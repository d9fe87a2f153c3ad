import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { upstreamSection } from '../../src/config/schema-upstream.js';
import { refusalsOf } from './refusals.js';

const upstream = upstreamSection('/etc/k');
const withPassword = { proxy_username: 'k', proxy_password_file: 'p' };

describe('upstream is refused', () => {
  it.each<[string, object]>([
    ['with a proxy without a port', { proxy: 'http://proxy.example' }],
    ['with a proxy without a scheme', { proxy: 'proxy.example:3128' }],
    ['with a SOCKS proxy', { proxy: 'socks5://proxy.example:1080' }],
    ['with a path', { proxy: 'http://proxy.example:3128/x' }],
    ['with a query', { proxy: 'http://proxy.example:3128/?x' }],
    ['with another spelling of an address', { proxy: 'http://127.1:3128' }],
    ['with no_proxy as a text', { proxy: 'http://p.example:1', no_proxy: 'a.example,b.example' }],
    ['with an entry of no_proxy that begins with a dot', { proxy: 'http://p.example:1', no_proxy: ['.a.example'] }],
    ['with a block that is none', { proxy: 'http://p.example:1', no_proxy: ['10.0.0.0/99'] }],
    ['with no_proxy and no proxy', { no_proxy: ['a.example'] }],
    ['with credentials and no proxy', withPassword],
    ['with a user name alone', { proxy: 'https://p.example:1', proxy_username: 'k' }],
    ['with a password alone', { proxy: 'https://p.example:1', proxy_password_file: 'p' }],
    ['with a user name that has a colon', { proxy: 'https://p.example:1', ...withPassword, proxy_username: 'a:b' }],
    ['with a user name of two lines', { proxy: 'https://p.example:1', ...withPassword, proxy_username: 'a\r\nb' }],
    ['with certificates for a proxy without TLS', { proxy: 'http://p.example:1', proxy_ca_file: 'c' }],
    ['with a password in cleartext', { proxy: 'http://p.example:1', ...withPassword }],
    ['with a password in cleartext to a name of this machine', { proxy: 'http://localhost:1', ...withPassword }],
    ['with a password itself', { proxy: 'http://p.example:1', proxy_password: 'x' }],
  ])('%s', (_, value) => {
    expect(upstream.safeParse(value).success).toBe(false);
  });

  it.each(['http://u:PASSWORD@proxy.example:3128', 'http://PASSWORD@p:1', 'u:PASSWORD@p:1', 'http://p:1/@PASSWORD'])(
    'with credentials in the URL, told where they belong, and without showing them: %s',
    (url) => {
      const password = randomBytes(3).toString('hex');
      const refusals = refusalsOf(`upstream: { proxy: "${url.replace('PASSWORD', password)}" }`).join('\n');
      expect(refusals).toMatch(/proxy_username.*proxy_password_file/);
      expect(refusals).not.toContain(password);
    },
  );
});

describe('upstream', () => {
  it('is nothing where it is left out', () => {
    expect(upstream.parse(undefined)).toEqual({ caFile: undefined, proxy: undefined });
  });

  it('takes certificates for every destination', () => {
    expect(upstream.parse({ ca_file: 'r.pem' })).toEqual({ caFile: '/etc/k/r.pem', proxy: undefined });
  });

  it('takes a proxy with all that belongs to it', () => {
    const value = {
      proxy: 'HTTPS://Proxy.Example:3129/',
      proxy_ca_file: 'c.pem',
      ...withPassword,
      no_proxy: ['*.Corp.example', '10.0.0.0/8'],
    };
    expect(upstream.parse(value).proxy).toEqual({
      secure: true,
      authority: { host: 'proxy.example', port: 3129, kind: 'name' },
      caFile: '/etc/k/c.pem',
      username: 'k',
      passwordFile: '/etc/k/p',
      direct: [
        { of: 'below', host: 'corp.example', port: undefined },
        { of: 'block', block: Buffer.from([10, 0, 0, 0]), bits: 8 },
      ],
    });
  });

  it.each([
    { proxy: 'http://127.0.0.1:3128', ...withPassword },
    { proxy: 'http://[::1]:3128', ...withPassword },
    { proxy: 'http://p.example:3128', ...withPassword, unsafe_cleartext: true },
    { proxy: 'http://p.example:3128' },
    { proxy: 'http://p.example:80', no_proxy: [] },
  ])('takes %j', (value) => {
    expect(upstream.safeParse(value).success).toBe(true);
  });
});
