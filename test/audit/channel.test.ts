import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Channel } from '../../src/audit/channel.js';
import { MemorySink } from './memory-sink.js';

const use = (record: string) => ({ record, lasting: false });
const end = (record: string) => ({ record, lasting: true });
const lost = (count: number): string => `lost ${count}`;

describe('a channel', () => {
  it('does not keep a record whose writer was told that it failed', () => {
    const sink = new MemorySink();
    const channel = new Channel(sink);
    sink.failing = true;
    expect(channel.write([use('use'), end('end')], lost)).toMatchObject({ failure: { code: 'ENOSPC' } });
    sink.failing = false;
    expect(channel.write([use('next')], lost)).toBeUndefined();
    expect(sink.lines).toEqual(['end', 'next']);
  });

  it('repeats nothing of a batch that was written in part', () => {
    const sink = new MemorySink();
    const channel = new Channel(sink);
    sink.room = 2;
    expect(channel.write([end('1'), use('2'), end('3'), use('4'), end('5')], lost)).toEqual({ failure: 'no room' });
    sink.room = 1;
    expect(channel.write([use('6')], lost)).toEqual({ failure: 'no room' });
    sink.room = 9;
    expect(channel.write([use('7')], lost)).toBeUndefined();
    expect(sink.lines).toEqual(['1', '2', '3', '5', '7']);
  });

  it('counts what is too much to keep, and tells it once, before anything new', () => {
    const sink = new MemorySink();
    const channel = new Channel(sink);
    sink.failing = true;
    for (let i = 0; i < 1030; i += 1) channel.write([end(String(i))], lost);
    sink.failing = false;
    sink.room = 1024;
    expect(channel.write([use('x')], lost)).toEqual({ failure: 'no room' });
    sink.room = 9;
    channel.write([use('y')], lost);
    channel.write([use('z')], lost);
    expect(sink.lines.slice(1023)).toEqual(['1023', 'lost 6', 'y', 'z']);
  });

  it('writes every lasting record once and in order, whatever fails where', () => {
    const step = fc.record({ sizes: fc.array(fc.boolean(), { maxLength: 6 }), room: fc.nat(8) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const sink = new MemorySink();
        const channel = new Channel(sink);
        const lasting: string[] = [];
        let count = 0;
        for (const { sizes, room } of steps) {
          sink.room = room;
          const entries = sizes.map((lasts) => ({ record: String((count += 1)), lasting: lasts }));
          lasting.push(...entries.filter((entry) => entry.lasting).map(({ record }) => record));
          channel.write(entries, lost);
        }
        sink.room = 1000;
        channel.write([], lost);
        expect(sink.lines.filter((line) => lasting.includes(line))).toEqual(lasting);
        expect(new Set(sink.lines).size).toBe(sink.lines.length);
      }),
    );
  });
});
