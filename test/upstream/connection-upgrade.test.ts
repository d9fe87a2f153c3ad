import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readUntil } from '../support/socket-pair.js';
import { message, open, RecordedAnswer, type Opened } from './exchange.js';

const opened: Opened[] = [];
async function fresh(): Promise<Opened> {
  const one = await open();
  opened.push(one);
  return one;
}
afterEach(() => {
  for (const { near, far } of opened.splice(0)) for (const socket of [near, far]) socket.destroy();
});

const headEnd = /\r\n\r\n$/;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('an upgrade', () => {
  const upgrade = message(undefined, { upgrade: 'websocket' });

  it('hands the connection over with all that came behind the head, once, also where it ends at once', async () => {
    for (const ends of [false, true]) {
      const one = await fresh();
      const answer = new RecordedAnswer();
      one.connection.send(upgrade, answer);
      await readUntil(one.far, headEnd);
      const switched = once(answer, 'upgrade') as Promise<[Socket]>;
      one.far.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nfirst ');
      if (ends) one.far.end();
      const [socket] = await switched;
      if (!ends) one.far.end('second');
      expect(await readUntil(socket, /second/)).toBe(ends ? 'first ' : 'first second');
      expect([answer.failures, one.idle, one.closed]).toEqual([[], [], [one.connection]]);
    }
  });

  it('that cannot be passed on closes the connection and ends nothing else', async () => {
    const one = await fresh();
    const answer = new RecordedAnswer();
    answer.onUpgrade = () => {
      throw new TypeError('cannot');
    };
    one.connection.send(upgrade, answer);
    one.far.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    await answer.settled();
    expect([answer.failures.length, one.near.destroyed]).toEqual([1, true]);
  });

  it('that is declined is an ordinary answer on a connection that is not used again', async () => {
    const one = await fresh();
    const answer = new RecordedAnswer();
    one.connection.send(upgrade, answer);
    one.far.write(ok);
    await answer.settled();
    expect([answer.body, one.idle, one.closed]).toEqual(['ok', [], [one.connection]]);
  });
});
