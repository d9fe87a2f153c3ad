import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GivingBack, reasonOf } from '../../src/secrets/giving-back.js';
import type { HeldLease, SecretEvent } from '../../src/secrets/index.js';
import { WayBack } from '../../src/secrets/way-back.js';
import { unavailable } from '../../src/secrets/unavailable.js';
import { pass } from './holding.js';

const about = { secret: 'api', backend: 'test' };
const inTime = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => undefined);
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function start() {
  const events: SecretEvent[] = [];
  const givingBack = new GivingBack({ onEvent: (event) => void events.push(event), wayBack: new WayBack(() => 5000) });
  return { events, givingBack, told: () => events.map(({ event, lease }) => `${event} ${lease ?? ''}`) };
}
const lease = (id: string, revoke?: HeldLease['revoke']) => ({
  id,
  revoke: jest.fn(revoke ?? (() => Promise.resolve())),
});

describe('a lease that could not be given back', () => {
  it('is told with our own words alone: a foreign message may repeat what was sent', async () => {
    const { givingBack, events } = start();
    givingBack.now(
      lease('a', () => Promise.reject(new Error('s3cr3t'))),
      about,
    );
    givingBack.now(
      lease('b', () => Promise.reject(unavailable('api', 'the vault is sealed'))),
      about,
    );
    await givingBack.all(inTime);
    expect(events.map(({ event, lease: id, reason }) => [event, id, reason?.message])).toEqual([
      ['unrevoked', 'a', 'it failed'],
      ['unrevoked', 'b', 'the secret api is not available: the vault is sealed'],
    ]);
    expect(reasonOf('s3cr3t').message).toBe('it failed');
  });

  it('is told when its time is over, though its source listens to no signal', async () => {
    const { givingBack, events } = start();
    const signals: AbortSignal[] = [];
    givingBack.now(
      lease('a', (signal) => {
        signals.push(signal);
        return never();
      }),
      about,
    );
    const all = givingBack.all(inTime);
    await pass(4999);
    expect(events).toEqual([]);
    await pass(1);
    await all;
    expect(events[0]).toMatchObject({ event: 'unrevoked', lease: 'a', ...about });
    expect(events[0]?.reason?.message).toBe('it was not given back within 5000 ms');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('the time for the end', () => {
  it('is over for those under way too: they are told to be unrevoked', async () => {
    const { givingBack, events } = start();
    givingBack.now(lease('a', never), about);
    await pass(1000);
    const end = new AbortController();
    const all = givingBack.all(end.signal);
    await pass(100);
    expect(events).toEqual([]);
    end.abort();
    await all;
    expect(events.map(({ event, lease: id, reason }) => [event, id, reason?.message])).toEqual([
      ['unrevoked', 'a', 'it was not given back before the end'],
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a lease', () => {
  it('is given back half a minute later, when those that were given its value have sent it', async () => {
    const { givingBack, told } = start();
    const it = lease('a');
    givingBack.later(it, about);
    await pass(29_999);
    expect(it.revoke).not.toHaveBeenCalled();
    await pass(1);
    expect(told()).toEqual(['revoked a']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is given back once, however often that is asked for', async () => {
    const { givingBack, told } = start();
    const it = lease('a');
    givingBack.later(it, about);
    givingBack.later(it, about);
    givingBack.now(it, about);
    givingBack.now(it, about);
    givingBack.later(it, about);
    await givingBack.all(inTime);
    await pass(60_000);
    expect(it.revoke).toHaveBeenCalledTimes(1);
    expect(told()).toEqual(['revoked a']);
  });

  it('that ends by its time alone, and what is none, are nothing to give back', async () => {
    const { givingBack, told } = start();
    givingBack.now(undefined, about);
    givingBack.later({ id: 'a' }, about);
    givingBack.now({ id: 'a' }, about);
    await givingBack.all(inTime);
    expect(told()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that waits is given back at the end, and one that fails holds up no other', async () => {
    const { givingBack, told } = start();
    givingBack.later(lease('a'), about);
    givingBack.later(
      lease('b', () => Promise.reject(new Error())),
      about,
    );
    givingBack.now(lease('c'), about);
    await givingBack.all(inTime);
    expect(told().sort()).toEqual(['revoked a', 'revoked c', 'unrevoked b']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that comes once more while it waits is kept', async () => {
    const { givingBack, told } = start();
    givingBack.later(lease('a'), about);
    givingBack.later(lease('b'), about);
    givingBack.keep(lease('a'));
    await givingBack.all(inTime);
    expect(told()).toEqual(['revoked b']);
  });
});
