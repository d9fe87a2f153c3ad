import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { UpstreamProxy, type UpstreamProxyOptions } from '../../src/net/upstream-proxy.js';
import { parseAuthority } from '../../src/policy/authority.js';

const password = randomBytes(18).toString('base64url');

function proxyWith(more: Partial<UpstreamProxyOptions> = {}): {
  proxy: UpstreamProxy;
  asked: string[];
  clock: { at: number };
} {
  const asked: string[] = [];
  const clock = { at: 0 };
  const proxy = new UpstreamProxy({
    authority: parseAuthority('proxy.corp:3128'),
    secure: false,
    caPem: undefined,
    credentials: { username: 'keywright', password },
    direct: [],
    lookup: (host) => {
      asked.push(host);
      return Promise.resolve([{ address: '10.0.0.1', family: 4 }]);
    },
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 30_000 },
    clock: { now: () => 0, elapsed: () => clock.at },
    ...more,
  });
  return { proxy, asked, clock };
}

describe('an upstream proxy is refused', () => {
  it('where it is this proxy itself', async () => {
    const { proxy } = proxyWith({ isOwn: (address, port) => address === '10.0.0.1' && port === 3128 });
    await expect(proxy.addresses()).rejects.toMatchObject({
      code: 'destination_unreachable',
      cause: { message: 'the upstream proxy is this proxy itself' },
    });
  });

  it('where its name has no address, or is not looked up in time', async () => {
    const none = proxyWith({ lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(none.proxy.addresses()).rejects.toMatchObject({ code: 'destination_unreachable' });
    const lookup = (): Promise<never> => new Promise(() => undefined);
    const slow = proxyWith({ lookup, limits: { lookupTimeout: 20, addressLifetime: 1 } });
    await expect(slow.proxy.addresses()).rejects.toMatchObject({ code: 'destination_timeout' });
  });
});

describe('the address of an upstream proxy', () => {
  it('may be private, is looked up once for its lifetime, and then anew', async () => {
    const { proxy, asked, clock } = proxyWith();
    expect(await proxy.addresses()).toEqual(['10.0.0.1']);
    clock.at = 29_999;
    await proxy.addresses();
    expect(asked).toEqual(['proxy.corp']);
    clock.at = 30_000;
    await proxy.addresses();
    expect(asked).toEqual(['proxy.corp', 'proxy.corp']);
  });

  it('is not looked up where it is one already', async () => {
    const { proxy, asked } = proxyWith({ authority: parseAuthority('[fd00::1]:3128') });
    expect(await proxy.addresses()).toEqual(['fd00::1']);
    expect(asked).toEqual([]);
  });
});

describe('the request to an upstream proxy', () => {
  it('names host and port, and holds the credentials in UTF-8', () => {
    const { proxy } = proxyWith({ credentials: { username: 'k', password: 'pässword' } });
    expect(proxy.connectRequest(parseAuthority('[2606:4700::1]:443')).toString()).toBe(
      'CONNECT [2606:4700::1]:443 HTTP/1.1\r\nHost: [2606:4700::1]:443\r\nProxy-Authorization: Basic azpww6Rzc3dvcmQ=\r\n\r\n',
    );
  });

  it('holds none where there are none', () => {
    const { proxy } = proxyWith({ credentials: undefined });
    expect(proxy.connectRequest(parseAuthority('a.example:443')).toString()).not.toMatch(/authorization/i);
  });
});

describe('the credentials of an upstream proxy', () => {
  it('are in nothing that can be printed', () => {
    const { proxy } = proxyWith();
    const shown = [
      inspect(proxy, { depth: 12, showHidden: true }),
      JSON.stringify(proxy),
      proxy.key,
      inspect(structuredClone(Object.fromEntries(Object.entries(proxy)))),
    ].join();
    expect(shown).toContain('proxy.corp');
    expect(shown).not.toContain(password);
    expect(shown).not.toContain(Buffer.from(`keywright:${password}`).toString('base64'));
  });
});
