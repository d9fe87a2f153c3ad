import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { joined } from '../../src/net/joined.js';
import { readUntil, socketPair } from '../support/socket-pair.js';

it('two connections that are joined pass bytes both ways, and end together', async () => {
  const [one, other] = [await socketPair(), await socketPair()];
  const ended = joined(one.near, other.near);
  one.far.write('ping');
  expect(await readUntil(other.far, /ping/)).toBe('ping');
  other.far.write('pong');
  expect(await readUntil(one.far, /pong/)).toBe('pong');
  one.far.resetAndDestroy();
  await ended;
  expect(other.near.destroyed).toBe(true);
  other.far.destroy();
});

it('a connection that has gone already takes the other one with it', async () => {
  const [one, other] = [await socketPair(), await socketPair()];
  one.near.destroy();
  await once(one.near, 'close');
  await joined(one.near, other.near);
  expect(other.near.destroyed).toBe(true);
  for (const { far } of [one, other]) far.destroy();
});
