import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createSecrets } from '../../src/secrets/lease.js';
import { unavailable, type FailureKind } from '../../src/secrets/unavailable.js';
import { desk } from './holding.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it.each<[FailureKind, number]>([
  ['denied', 1],
  ['login', 2],
])(
  'a secret that is %s is asked for %i times around a reload: a refused login may have been mended',
  async (kind, times) => {
    const fetch = jest.fn(() => Promise.reject(unavailable('api', 'no', kind)));
    const retryLogin = jest.fn();
    const backend = { origins: [], retryLogin, close: () => Promise.resolve() };
    const named = { kind: 'test', backend, source: { fetch }, mayGoTo: () => true };
    const parts = { sources: new Map([['api', named]]), backends: [backend] };
    const clock = { now: () => 0, elapsed: () => 0 };
    const before = createSecrets({ ...parts, limits: { secretTimeout: 1000 }, clock });
    const use = (): Promise<unknown> => after.acquire('api', desk).catch(() => undefined);
    const after = before.next(parts);
    await use();
    await use();
    expect(fetch).toHaveBeenCalledTimes(1);
    after.retryLogins();
    await use();
    await use();
    expect(fetch).toHaveBeenCalledTimes(times);
    expect(retryLogin).toHaveBeenCalledTimes(1);
  },
);
