import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Deadlines } from '../../src/core/deadline.js';
import { SessionWatch } from '../../src/upstream/session-watch.js';

/** A watch whose time passes when the test says so. */
function watch() {
  const events = new EventEmitter();
  const pings: ((error: Error | null) => void)[] = [];
  const socket = { bytesRead: 0 };
  let pass = (): void => undefined;
  const set: number[] = [];
  const deadline = { set: (time: number) => void set.push(time), clear: () => set.push(0), close: () => set.push(-1) };
  const deadlines = { watch: (passed: () => void) => ((pass = passed), deadline) } as unknown as Deadlines;
  const session = { destroyed: false, ping: (done: (typeof pings)[0]) => pings.push(done) };
  const watching = { deadlines, patience: 10 };
  const one = new SessionWatch(
    session as unknown as ClientHttp2Session,
    socket as unknown as Socket,
    watching,
    () => void events.emit('gone'),
  );
  return { one, events, pings, socket, set, pass: () => pass() };
}

let now = 0;
beforeEach(() => void jest.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => void jest.restoreAllMocks());

describe('who is at the other end of a session', () => {
  it('is asked after a silence, and gone where no answer comes', async () => {
    const { one, events, pings, pass } = watch();
    one.begin();
    pass();
    expect(pings).toHaveLength(1);
    const gone = once(events, 'gone');
    pass();
    await gone;
  });

  it('is not asked while something comes', () => {
    const { one, pings, pass, socket } = watch();
    one.begin();
    for (let i = 1; i < 5; i += 1) {
      socket.bytesRead = i;
      pass();
    }
    expect(pings).toEqual([]);
  });

  it('is asked no more than once in five minutes', () => {
    const { one, pings, pass, socket } = watch();
    one.begin();
    pass();
    socket.bytesRead = 17;
    pings[0]?.(null);
    pass();
    expect(pings).toHaveLength(1);
    now += 5 * 60 * 1000;
    pass();
    expect(pings).toHaveLength(2);
  });

  it('is watched only while something is under way', () => {
    const { one, set } = watch();
    one.begin();
    one.begin();
    one.pause();
    one.begin();
    one.close();
    expect(set).toEqual([10, 0, 10, -1]);
  });
});
