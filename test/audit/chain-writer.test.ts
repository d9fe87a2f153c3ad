import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, headAfter, parseLink } from '../../src/audit/chain.js';
import { ChainWriter } from '../../src/audit/chain-writer.js';
import { isGenuine } from '../../src/audit/checkpoint.js';
import { testSigner } from './signer.js';

const about = { instance: 'desk', day: '2026-01-02' };
const plan = { signer: testSigner(), records: 3, time: () => '2026-01-02T03:04:05.678Z' };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `{"id":"r${i}"}`);

describe('a chain that is written', () => {
  it('does not move on by what was only composed', () => {
    const chain = new ChainWriter(about, plan, emptyHead);
    expect(chain.compose(numbered(2)).text).toBe(chain.compose(numbered(2)).text);
    expect(chain.head).toBe(emptyHead);
    expect(chain.unsigned).toBe(false);
  });

  it('signs after so many records, counted over batches', () => {
    const chain = new ChainWriter(about, plan, emptyHead);
    let text = '';
    for (const count of [2, 5, 1]) {
      const composed = chain.compose(numbered(count));
      expect(chain.commit(composed, composed.text.length)).toBe(count);
      text += composed.text;
    }
    const links = text.trimEnd().split('\n').map(parseLink);
    expect(links.map((link) => link?.record['kind'] ?? 'record')).toEqual([
      'record',
      'record',
      'record',
      'checkpoint',
      'record',
      'record',
      'record',
      'checkpoint',
      'record',
      'record',
    ]);
    for (const link of links) if (link?.record['kind'] === 'checkpoint') expect(isGenuine(link)).toBe(true);
    expect(chain.unsigned).toBe(true);
    const last = chain.compose([], 'stop');
    chain.commit(last, last.text.length);
    expect(chain.unsigned).toBe(false);
  });

  it('has no checkpoints without a key', () => {
    const chain = new ChainWriter(about, undefined, emptyHead);
    const composed = chain.compose(numbered(9), 'stop');
    expect(chain.commit(composed, composed.text.length)).toBe(9);
    expect(composed.text).not.toContain('checkpoint');
    expect(chain.unsigned).toBe(false);
  });

  it('goes on after any part of a batch as a reader of the file would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ count: fc.nat(5), part: fc.double({ min: 0, max: 1, noNaN: true }) })),
        (steps) => {
          const chain = new ChainWriter(about, plan, emptyHead);
          let file = '';
          for (const { count, part } of [{ count: 1, part: 1 }, ...steps]) {
            const composed = chain.compose(numbered(count));
            const bytes = Math.floor(part * composed.text.length);
            const before = file;
            file += composed.text.slice(0, bytes);
            const whole = file
              .slice(before.length)
              .split('\n')
              .filter((line) => /"id":"r\d+"\}$/.test(line));
            expect(chain.commit(composed, bytes)).toBe(whole.length);
            const lines = file.split('\n');
            if (lines.at(-1) === '') lines.pop();
            expect(headAfter(lines)).toEqual(chain.head);
          }
        },
      ),
    );
  });
});
