import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { opened, within } from '../../src/net/opening.js';

/** Fails with the reason of its signal. */
const waiting = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });

describe('the steps of opening a connection', () => {
  it('end together when their time is over', async () => {
    await expect(within({ timeout: 10 }, waiting)).rejects.toMatchObject({ code: 'destination_timeout' });
  });

  it.each([true, false])('end with the reason of the caller, gone before: %s', async (before) => {
    const gone = new Refusal('draining');
    const controller = new AbortController();
    if (before) controller.abort(gone);
    const work = within({ timeout: 5000, signal: controller.signal }, waiting);
    controller.abort(gone);
    await expect(work).rejects.toBe(gone);
  });

  it('are no longer watched when they are done', async () => {
    const { signal } = new AbortController();
    let inner: AbortSignal | undefined;
    const done = await within({ timeout: 10, signal }, (given) => {
      inner = given;
      return Promise.resolve('done');
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([done, inner?.aborted]).toEqual(['done', false]);
  });
});

describe('waiting for a socket', () => {
  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['fails', (socket) => socket.destroy(new Error('broken')), /broken/],
    ['closes', (socket) => socket.destroy(), /closed while it was being opened/],
  ])('that %s ends with why', async (_, end, why) => {
    const socket = new Socket();
    const work = opened(socket, 'connect', new AbortController().signal);
    end(socket);
    await expect(work).rejects.toThrow(why);
  });

  it('ends with its signal, and the socket with it', async () => {
    const socket = new Socket();
    await expect(opened(socket, 'connect', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(socket.destroyed).toBe(true);
  });

  it('leaves nothing behind but a guard against errors that nobody hears', async () => {
    const socket = new Socket();
    const work = opened(socket, 'connect', new AbortController().signal);
    socket.emit('connect');
    await work;
    expect(['error', 'close', 'connect'].map((event) => socket.listenerCount(event))).toEqual([1, 0, 0]);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy(new Error('broken'));
    await closed;
    expect(socket.errored).toBeInstanceOf(Error);
  });
});
