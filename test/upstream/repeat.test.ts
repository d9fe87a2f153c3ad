import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ConnectionLost } from '../../src/upstream/connection-lost.js';
import { mayRepeat } from '../../src/upstream/repeat.js';
import { Unprocessed } from '../../src/upstream/unprocessed.js';
import { message } from './exchange.js';

const post = message(undefined, { method: 'POST' });

describe('a request may not be repeated', () => {
  it.each([
    ['after a failure of another kind', new Error('other'), true, message()],
    ['on a first connection', new ConnectionLost(), false, message()],
    ['where its method is not safe', new ConnectionLost(), true, post],
    ['where its body has ended', new Unprocessed(), true, message(new PassThrough().end().resume())],
    ['where its body is gone', new Unprocessed(), true, message(new PassThrough().destroy())],
  ])('%s', async (_, error, used, sent) => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(mayRepeat(error, used, sent)).toBe(false);
  });
});

describe('a request may be repeated', () => {
  it.each([
    ['on a kept connection', new ConnectionLost(), true, message()],
    ['on a kept connection, with a body that is still there', new ConnectionLost(), true, message(new PassThrough())],
    ['whatever its method, where it was not processed', new Unprocessed(), false, post],
    [
      'with a body that is still there, where it was not processed',
      new Unprocessed(),
      false,
      message(new PassThrough()),
    ],
  ])('%s', (_, error, used, sent) => {
    expect(mayRepeat(error, used, sent)).toBe(true);
  });
});
