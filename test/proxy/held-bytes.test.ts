import { describe, expect, it } from '@jest/globals';
import { HeldBytes } from '../../src/proxy/held-bytes.js';

const overloaded = expect.objectContaining({ code: 'overloaded', status: 503 });

describe('memory for bodies', () => {
  it('is never all taken by one client', () => {
    const held = new HeldBytes(100);
    held.take('desk', 50);
    expect(() => held.take('desk', 1)).toThrow(overloaded);
    held.take('agents', 50);
  });

  it('is never taken beyond its limit', () => {
    const held = new HeldBytes(100);
    held.take('desk', 50);
    held.take('agents', 40);
    expect(() => held.take('more', 11)).toThrow(overloaded);
    held.take('more', 10);
  });

  it('may change its limit: what is held already stays, and counts', () => {
    const held = new HeldBytes(100);
    held.take('desk', 50);
    held.limit = 40;
    expect(() => held.take('agents', 1)).toThrow(overloaded);
    held.give('desk', 50);
    held.take('agents', 20);
    held.limit = 200;
    held.take('agents', 80);
  });

  it('is there again once it was given back, and a refusal takes none', () => {
    const held = new HeldBytes(100);
    for (let time = 0; time < 3; time += 1) {
      held.take('desk', 30);
      held.take('desk', 20);
      expect(() => held.take('desk', 60)).toThrow(overloaded);
      held.give('desk', 30);
      held.give('desk', 20);
    }
    held.take('desk', 50);
    held.take('agents', 50);
  });
});
