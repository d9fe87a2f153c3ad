import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { unlessAborted } from '../../src/secrets/unless-aborted.js';

const never = new Promise<string>(() => undefined);

describe('waiting unless aborted', () => {
  it('ends at once where the signal has aborted before', async () => {
    await expect(unlessAborted(never, AbortSignal.abort())).rejects.toMatchObject({ code: 'caller_gone' });
  });

  it('ends when the signal aborts, with its refusal as the reason', async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    const reason = new Refusal('draining');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('has any other reason as the cause', async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort('gone');
    await expect(waiting).rejects.toMatchObject({ code: 'caller_gone', cause: 'gone' });
  });

  it('is the outcome otherwise, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const [resolved, rejected] = [
      unlessAborted(Promise.resolve('value'), signal),
      unlessAborted(Promise.reject(new TypeError('failed')), signal),
    ];
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    await expect(resolved).resolves.toBe('value');
    await expect(rejected).rejects.toThrow('failed');
    await new Promise(setImmediate);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('waits for as long as it takes without a signal', async () => {
    await expect(unlessAborted(Promise.resolve('value'), undefined)).resolves.toBe('value');
  });
});
