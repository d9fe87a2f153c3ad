import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, link } from '../../../src/audit/chain.js';
import { latin1Hash } from '../../../src/audit/chain.js';
import { ChainFollower } from '../../../src/audit/read/chain-follower.js';

const chain = (count: number): string[] => {
  let head = emptyHead;
  return Array.from({ length: count }, (_, i) => {
    const next = link(head, `{"id":"r${i}"}`);
    ({ head } = next);
    return next.line.trimEnd();
  });
};

function told(lines: readonly string[], shared = false): string[] {
  const flaws: string[] = [];
  const follower = new ChainFollower(({ line, kind }) => flaws.push(`${line} ${kind}`), shared);
  lines.forEach((text, i) => follower.push({ text, hash: latin1Hash(text), ended: true, end: 0 }, i + 1));
  follower.end();
  return flaws;
}

const [a = '', b = '', c = '', d = '', e = ''] = chain(5);

describe('following a chain', () => {
  it.each([
    ['nothing in a whole one', [a, b, c, d, e], []],
    ['where a record was altered', [a, b, c.replace('r2', 'r9'), d, e], ['3 altered']],
    ['where one was removed', [a, b, d, e], ['3 removed']],
    ['where two changed places', [a, c, b, d, e], ['3 reordered']],
    ['where a block was moved ahead', [a, d, b, c, e], ['3 reordered', '4 reordered']],
    ['where one was moved to the end', [a, b, d, e, c], ['5 reordered']],
    ['where one was repeated', [a, b, b, c, d, e], ['3 inserted']],
    [
      'where one was made up to follow',
      [a, b, link({ next: 2, last: latin1Hash(b) }, '{"id":"x"}').line.trimEnd(), c, d, e],
      ['4 inserted'],
    ],
    ['where one was made up that does not follow', [a, b, '{"seq":2,"prev":""}', c, d, e], ['3 inserted']],
    ['where one was put in place of another', [a, b, '{"seq":2,"prev":""}', d, e], ['2 altered', '3 altered']],
    ['where rubbish was put in', [a, b, '', 'x', c, d, e], ['3 inserted', '4 inserted']],
    ['where rubbish took the place of one', [a, b, 'x', d, e], ['3 altered']],
    ['where the beginning is gone', [c, d, e], ['1 removed']],
    ['where two were made one line', [a, b + c, d, e], ['2 altered', '3 removed']],
  ])('tells %s', (_, lines, flaws) => {
    expect(told(lines)).toEqual(flaws);
  });

  it('goes on over a torn line that the next one covers, and knows one at the end', () => {
    const torn = c.slice(0, 20);
    const after = link({ next: 3, last: latin1Hash(torn) }, '{"id":"after"}').line.trimEnd();
    expect(told([a, b, torn, after])).toEqual(['3 torn']);
    expect(told([a, b, torn])).toEqual(['3 torn']);
  });

  it('passes by the lines of others in a stream that is shared, not in a file', () => {
    expect(told([a, 'npm warn', b, c, 'bye'], true)).toEqual([]);
    expect(told([a, 'npm warn', b, c, 'bye'])).toEqual(['2 inserted', '5 inserted']);
    expect(told([a, 'npm warn', c], true)).toEqual(['2 altered']);
  });

  it('tells of every removal, swap and repetition, whichever lines they are', () => {
    const whole = chain(12);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 11 }), (n, m) => {
        expect(told(whole.toSpliced(n, 1))).not.toEqual([]);
        expect(told(whole.toSpliced(m, 0, whole[n] ?? ''))).not.toEqual([]);
        if (n !== m) expect(told(whole.with(n, whole[m] ?? '').with(m, whole[n] ?? ''))).not.toEqual([]);
      }),
    );
  });
});
