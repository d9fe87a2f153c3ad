import { expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/core/limits.js';
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
