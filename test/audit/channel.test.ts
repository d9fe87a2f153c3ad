import { describe, expect, it } from '@jest/globals';
import { Channel } from '../../src/audit/channel.js';

describe('a channel', () => {
  it('does not keep a record whose writer was told that it failed', () => {
    const written: string[] = [];
    let failing = true;
    const channel = new Channel({
      write: (line) => {
        if (failing) throw new TypeError('no');
        written.push(line);
      },
      close: () => undefined,
    });
    const lost = (count: number): string => `lost ${count}`;
    expect(() => channel.write('use', lost)).toThrow('no');
    channel.writeOrKeep('end', lost);
    failing = false;
    channel.write('next', lost);
    expect(written).toEqual(['end', 'next']);
  });
});
