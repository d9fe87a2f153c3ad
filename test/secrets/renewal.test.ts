import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Sealed } from '../../src/core/sealed.js';
import { SecretReference, type Fetched } from '../../src/secrets/index.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { unavailable } from '../../src/secrets/unavailable.js';
import { whyUnavailable } from './context.js';
import { desk, hold, lasting, leaseOf, minute, pass, type TestLease } from './holding.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A secret on leases of half an hour; `renewed` is how long each is renewed for. */
function onLeases(renewed = 30 * minute) {
  const leases: TestLease[] = [];
  const held = hold(() => {
    const lease = leaseOf(renewed);
    leases.push(lease);
    return Promise.resolve(lasting(30 * minute, { lease, version: lease.id }));
  });
  return { ...held, leases };
}

describe('a lease', () => {
  it('is renewed at two thirds of its time where it was used, without anybody asking then', async () => {
    const { use, leases, told, fetch } = onLeases();
    const first = await use();
    await pass(20 * minute - 1);
    expect(leases[0]?.renew).not.toHaveBeenCalled();
    await pass(1);
    expect(leases[0]?.renew).toHaveBeenCalledTimes(1);
    expect(told()).toEqual(['fetched', 'renewed']);
    expect(await use()).toBe(first);
    await pass(20 * minute);
    expect(leases[0]?.renew).toHaveBeenCalledTimes(2);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is given back where it was not used since, and fetched anew for the next use', async () => {
    const { use, leases, told } = onLeases();
    await use();
    await pass(20 * minute);
    // Nobody has asked for it since it was renewed.
    await pass(20 * minute);
    expect(leases[0]?.renew).toHaveBeenCalledTimes(1);
    expect(leases[0]?.revoke).not.toHaveBeenCalled();
    await pass(30_000);
    expect(leases[0]?.revoke).toHaveBeenCalledTimes(1);
    expect(told()).toEqual(['fetched', 'renewed', 'revoked']);
    expect(jest.getTimerCount()).toBe(0);
    expect(await use()).toBe(leases[1]?.id);
  });

  it('is fetched anew where it is renewed for less than half of its time, and the old one given back when it has been used', async () => {
    const { use, leases, told, events } = onLeases(14 * minute);
    await use();
    await pass(20 * minute);
    expect(told()).toEqual(['fetched', 'rotated']);
    expect(await use()).toBe(leases[1]?.id);
    await pass(29_999);
    expect(leases[0]?.revoke).not.toHaveBeenCalled();
    await pass(1);
    expect(events.at(-1)).toMatchObject({ event: 'revoked', lease: leases[0]?.id });
    expect(leases[1]?.revoke).not.toHaveBeenCalled();
  });

  it('is used no longer than it was renewed for, where that is less than before and no new one can be had', async () => {
    const lease = leaseOf(minute);
    let fetches = 0;
    const { use, secrets } = hold(() => {
      fetches += 1;
      return fetches === 1
        ? Promise.resolve(lasting(30 * minute, { lease }))
        : Promise.reject(unavailable('api', 'down'));
    });
    await use();
    await pass(20 * minute);
    await pass(54_000 - 1);
    expect(secrets.ready('api', desk)).toBeDefined();
    await pass(2);
    expect(await whyUnavailable(use())).toMatch(/down$/);
  });

  it.each<[string, TestLease['renew']]>([
    ['rejects', jest.fn(() => Promise.reject(new Error('no')))],
    [
      'throws',
      jest.fn(() => {
        throw new Error('no');
      }),
    ],
  ])('is fetched anew where its renewal %s, and used until then', async (_, renew) => {
    let fetches = 0;
    const { use, told } = hold(() => {
      fetches += 1;
      const version = String(fetches);
      if (fetches === 2) return Promise.reject(unavailable('api', 'down'));
      return Promise.resolve(lasting(30 * minute, { version, lease: { ...leaseOf(minute), renew } }));
    });
    await use();
    await pass(20 * minute);
    expect([await use(), told()]).toEqual(['1', ['fetched', 'stale']]);
    await pass(1000);
    await use();
    await pass(0);
    expect([await use(), told()]).toEqual(['3', ['rotated']]);
  });

  it('that comes when nobody waits for it any more is given back at once', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { use, told, events } = hold(() => new Promise((resolve) => (answer = resolve)));
    const refused = whyUnavailable(use());
    await pass(5000);
    expect(await refused).toMatch(/did not come within 5000 ms \(limits\.secret_timeout\)$/);
    const lease = leaseOf(minute);
    answer(lasting(minute, { lease }));
    await pass(0);
    expect(told()).toEqual(['failed', 'revoked']);
    expect(events.at(-1)).toMatchObject({ lease: lease.id });
  });

  it('whose value cannot be used is given back at once', async () => {
    const lease = leaseOf(minute);
    const { use } = hold(() => Promise.resolve(lasting(minute, { lease, fields: { value: seal('api', 'short') } })));
    expect(await whyUnavailable(use())).toMatch(/shorter than 8 bytes/);
    expect(lease.revoke).toHaveBeenCalledTimes(1);
  });
});

describe('the end of secrets', () => {
  it('gives back every lease, those that wait too, and tells which it could not', async () => {
    const { use, leases, secrets, told, events } = onLeases(minute);
    await use();
    await pass(20 * minute);
    leases[1]?.revoke.mockImplementation(() => new Promise(() => undefined));
    const closing = secrets.close();
    await pass(4999);
    await pass(1);
    await closing;
    expect(told()).toEqual(['fetched', 'rotated', 'revoked', 'unrevoked']);
    expect(events.slice(-2).map(({ lease }) => lease)).toEqual(leases.map(({ id }) => id));
    expect(jest.getTimerCount()).toBe(0);
    await secrets.close();
  });

  it('gives back what is under way, when it comes', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { use, secrets } = hold(() => new Promise((resolve) => (answer = resolve)));
    const waiting = use();
    const closing = secrets.close();
    await expect(waiting).rejects.toMatchObject({ code: 'draining' });
    await pass(3000);
    await closing;
    const lease = leaseOf(minute);
    answer(lasting(minute, { lease }));
    await pass(0);
    expect(lease.revoke).toHaveBeenCalledTimes(1);
  });
});

describe('a lease that comes while everything ends', () => {
  it.each(Array.from({ length: 12 }, (_, turns) => turns))('is given back once, %i turns later', async (turns) => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { use, secrets } = hold(() => new Promise((resolve) => (answer = resolve)));
    const using = use().catch(() => undefined);
    const lease = leaseOf(minute);
    answer(lasting(minute, { lease }));
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const closing = secrets.close();
    await pass(0);
    await Promise.all([using, closing]);
    expect(lease.revoke).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a secret that is made from another', () => {
  const made = (to?: string) => {
    const key = { fetch: () => Promise.resolve(lasting(minute)) };
    return hold(
      async ({ secret }) => {
        const sealed = await secret(new SecretReference('key', 'value'), to);
        return lasting(minute, { fields: { value: seal('api', `made from ${reveal(sealed)}`) } });
      },
      { sources: [['key', { kind: 'test', source: key, mayGoTo: (host) => host === 'token.example:443' }]] },
    );
  };

  it.each(['elsewhere.example:443', 'token.example:8443'])('is refused where that may not go: %s', async (to) => {
    const { use, events } = made(to);
    expect(await whyUnavailable(use())).toBe(
      `the secret key is not available: it would be sent to ${to}, which is not among its hosts`,
    );
    expect(events.map(({ event, secret }) => [event, secret])).toEqual([['failed', 'api']]);
  });

  it.each(['token.example:443', undefined])('has it where it may go, or stays here: %s', async (to) => {
    const { secrets } = made(to);
    const credential = await secrets.acquire('api', desk);
    expect(credential.field('value')).toBeInstanceOf(Sealed);
    expect(reveal(credential.field('value'))).toMatch(/^made from value-number-\d+$/);
  });
});
