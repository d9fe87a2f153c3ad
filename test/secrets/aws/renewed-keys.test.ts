import { describe, expect, it, jest } from '@jest/globals';
import { AwsFailure } from '../../../src/secrets/aws/failure.js';
import type { TemporaryKeys } from '../../../src/secrets/aws/keys.js';
import { createPauses } from '../../../src/secrets/aws/pause.js';
import { RenewedKeys } from '../../../src/secrets/aws/renewed-keys.js';
import type { SecretEvent } from '../../../src/secrets/event.js';
import { seal } from '../../../src/secrets/seal.js';

const hour = 3_600_000;

function open(login?: (signal: AbortSignal) => Promise<TemporaryKeys>) {
  const time = { now: 0 };
  const clock = { now: () => time.now, elapsed: () => time.now };
  const events: SecretEvent[] = [];
  const state = { logins: 0, fails: undefined as Error | undefined };
  const keys = new RenewedKeys(
    { backend: 'cloud', clock, pauses: createPauses(clock), onEvent: (event) => void events.push(event) },
    login ??
      (() => {
        state.logins += 1;
        if (state.fails !== undefined) return Promise.reject(state.fails);
        const sealed = seal('cloud', `${state.logins}`);
        return Promise.resolve({ id: sealed, secret: sealed, token: sealed, expiresAt: time.now + hour });
      }),
  );
  const { signal } = new AbortController();
  return { keys, time, events, state, get: () => keys.keys(signal) };
}

describe('the keys of a login', () => {
  it('are not asked for again for a minute where they were refused', async () => {
    const { get, time, state, events } = open();
    state.fails = new AwsFailure('no', 'denied');
    await expect(get()).rejects.toMatchObject({ kind: 'login', message: 'no' });
    time.now = 59_999;
    await expect(get()).rejects.toMatchObject({ kind: 'login' });
    expect(state.logins).toBe(1);
    expect(events).toMatchObject([{ event: 'login_failed', backend: 'cloud', reason: { message: 'no' } }]);
    time.now = 60_000;
    state.fails = undefined;
    await get();
    expect(events.at(-1)).toEqual({ event: 'login', backend: 'cloud', expiresAt: hour + 60_000 });
  });

  it('are asked for again at once where AWS was only down, and of a foreign error nothing is told', async () => {
    const { get, state, events } = open();
    state.fails = new Error('pw-3f9a');
    await expect(get()).rejects.toThrow();
    expect(JSON.stringify(events.map(({ reason }) => reason?.message))).toBe('["the login failed"]');
    state.fails = undefined;
    await get();
    expect(state.logins).toBe(2);
  });

  it('are one login, however many wait, and whoever of them goes', async () => {
    const { keys, state, get } = open();
    const controller = new AbortController();
    const gone = keys.keys(controller.signal);
    const others = [get(), get()];
    controller.abort(new TypeError('gone'));
    await expect(gone).rejects.toMatchObject({ code: 'caller_gone' });
    const [first, second] = await Promise.all(others);
    expect(first).toBe(second);
    expect(state.logins).toBe(1);
  });

  it('are renewed on the first use after two thirds, which has the old ones, and are used to their end where that fails', async () => {
    const { get, time, state } = open();
    const first = await get();
    time.now = (hour * 2) / 3 - 1;
    expect(await get()).toBe(first);
    expect(state.logins).toBe(1);
    time.now += 1;
    state.fails = new AwsFailure('down', 'down');
    expect(await get()).toBe(first);
    expect(state.logins).toBe(2);
    await new Promise(setImmediate);
    time.now = hour - 30_001;
    expect(await get()).toBe(first);
    await new Promise(setImmediate);
    time.now = hour - 30_000;
    await expect(get()).rejects.toThrow('down');
    state.fails = undefined;
    expect(await get()).not.toBe(first);
  });

  it('are not used again where AWS calls them dead; others are left', async () => {
    const { keys, get } = open();
    const first = await get();
    keys.discard(first);
    const second = await get();
    expect(second).not.toBe(first);
    keys.discard(first);
    expect(await get()).toBe(second);
  });

  it('are none where they have expired when they come', async () => {
    const sealed = seal('cloud', 'x');
    const { get } = open(() => Promise.resolve({ id: sealed, secret: sealed, token: sealed, expiresAt: 30_000 }));
    await expect(get()).rejects.toThrow('the clock of this machine may be wrong');
  });

  it('are given up where they do not come, and that is no refusal', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { get, events } = open(() => new Promise(() => undefined));
      const waiting = get();
      waiting.catch(() => undefined);
      await jest.advanceTimersByTimeAsync(15_000);
      await expect(waiting).rejects.toMatchObject({ kind: 'down', message: 'the login did not end within 15000 ms' });
      expect(events).toMatchObject([{ event: 'login_failed' }]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are not waited for any more when their backend closes, and nothing is told of it', async () => {
    const { keys, get, events } = open(() => new Promise(() => undefined));
    const waiting = get();
    await new Promise(setImmediate);
    keys.close();
    await expect(waiting).rejects.toMatchObject({ code: 'draining' });
    expect(events).toEqual([]);
  });
});
