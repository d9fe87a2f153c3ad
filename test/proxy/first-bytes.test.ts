import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { firstBytes } from '../../src/proxy/first-bytes.js';
import { readUntil, socketPair } from '../support/socket-pair.js';

const none = Buffer.alloc(0);

it('the first bytes of a tunnel are told and stay to be read', async () => {
  for (const ahead of [none, Buffer.from('first')]) {
    const { near, far } = await socketPair();
    near.pause();
    if (ahead.length === 0) far.write('first');
    expect(String(await firstBytes(near, ahead, 5000))).toBe('first');
    expect(await readUntil(near, /first/)).toBe('first');
    for (const socket of [near, far]) socket.destroy();
  }
});

it('a caller that has gone, goes or says nothing has none', async () => {
  const gone = await socketPair();
  gone.near.destroy();
  await once(gone.near, 'close');
  expect(await firstBytes(gone.near, Buffer.from('first'), 60_000)).toBeUndefined();
  const going = await socketPair();
  const first = firstBytes(going.near, none, 60_000);
  going.far.destroy();
  expect(await first).toBeUndefined();
  const silent = await socketPair();
  expect(await firstBytes(silent.near, none, 20)).toBeUndefined();
  expect(silent.near.destroyed).toBe(true);
  for (const { far } of [gone, silent]) far.destroy();
});
