import { expect, it, jest } from '@jest/globals';
import { defaultLimits } from '../../src/core/limits.js';
import type { ClientCertificate } from '../../src/net/client-certificate.js';
import { Pools } from '../../src/upstream/pools.js';
import { routeTo } from './route.js';

it('one route has one pool, and each scheme its own', () => {
  const pools = new Pools(defaultLimits);
  const http = pools.poolFor(routeTo(1), 'http');
  expect(pools.poolFor(routeTo(1), 'http')).toBe(http);
  expect(pools.poolFor(routeTo(1), 'https')).not.toBe(http);
  expect(pools.poolFor(routeTo(2), 'http')).not.toBe(http);
  expect(pools.poolFor(routeTo(1, 'b.test:80'), 'http')).not.toBe(http);
});

it('of too many pools the one used longest ago goes', async () => {
  const pools = new Pools(defaultLimits);
  const first = pools.poolFor(routeTo(1), 'http');
  const second = pools.poolFor(routeTo(2), 'http');
  for (let port = 3; port <= 1025; port += 1) pools.poolFor(routeTo(port), 'http').lastUsed = performance.now();
  first.lastUsed = performance.now();
  // The first one above the limit was put out as the oldest: of those never used, the first.
  expect(pools.poolFor(routeTo(2), 'http')).toBe(second);
  expect(pools.poolFor(routeTo(1), 'http')).not.toBe(first);
  await pools.close();
});

const certificate = (id: string, secret = 'mtls'): ClientCertificate => ({
  secret,
  id,
  contextWith: () => {
    throw new TypeError('nothing is dialled');
  },
});

it('who shows a certificate has a pool of its own, by caller, secret and version', () => {
  const pools = new Pools(defaultLimits);
  const caller = { client: 'desk' };
  const poolOf = (shown?: Parameters<Pools['poolFor']>[2]) => pools.poolFor(routeTo(1), 'https', shown);
  const plain = poolOf();
  const one = poolOf({ certificate: certificate('1'), caller });
  const others = [
    poolOf({ certificate: certificate('1', 'other'), caller }),
    poolOf({ certificate: certificate('1'), caller: { client: 'agents' } }),
    poolOf({ certificate: certificate('1'), caller: { client: 'desk', subject: 'user' } }),
    pools.poolFor(routeTo(2), 'https', { certificate: certificate('1'), caller }),
  ];
  expect(new Set([plain, one, ...others]).size).toBe(6);
  expect(poolOf({ certificate: certificate('1'), caller })).toBe(one);
  expect(poolOf()).toBe(plain);
});

it('a pool retires when the certificate that its connections were made with is replaced', () => {
  const pools = new Pools(defaultLimits);
  const caller = { client: 'desk' };
  const old = pools.poolFor(routeTo(1), 'https', { certificate: certificate('1'), caller });
  const retired = jest.spyOn(old, 'retire');
  const current = pools.poolFor(routeTo(1), 'https', { certificate: certificate('2'), caller });
  expect(current).not.toBe(old);
  expect(retired).toHaveBeenCalledTimes(1);
  expect(pools.poolFor(routeTo(1), 'https', { certificate: certificate('2'), caller })).toBe(current);
});

it('there is no pool that would show a certificate in the clear', () => {
  const shown = { certificate: certificate('1'), caller: { client: 'desk' } };
  expect(() => new Pools(defaultLimits).poolFor(routeTo(1), 'http', shown)).toThrow(
    expect.objectContaining({ code: 'cleartext_credential' }),
  );
});
