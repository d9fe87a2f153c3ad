import { describe, expect, it } from '@jest/globals';
import { addRange, maskRanges, mergeRanges } from '../../src/scrub/ranges.js';

describe('ranges', () => {
  it.each([
    ['apart', [0, 3], [4, 6], [0, 3, 4, 6]],
    ['touching', [0, 3], [3, 6], [0, 3, 3, 6]],
    ['overlapping', [0, 4], [3, 6], [0, 6]],
    ['one within the other', [0, 6], [2, 4], [0, 6]],
    ['a later one that begins before several', [2, 3, 4, 5], [1, 6], [1, 6]],
    ['none', [], [1, 6], [1, 6]],
  ])('%s', (_, one, other, expected) => {
    expect(mergeRanges([...one], [...other])).toEqual(expected);
    expect(mergeRanges([...other], [...one])).toEqual(expected);
  });

  it('an added range swallows those it overlaps, and no others', () => {
    const ranges = [0, 2, 5, 7, 8, 9];
    addRange(ranges, 6, 10);
    expect(ranges).toEqual([0, 2, 5, 10]);
  });

  it('masking stops where the bytes do', () => {
    const bytes = Buffer.from('abcdef');
    maskRanges(bytes, [1, 3, 5, 9, 10, 12]);
    expect(bytes.toString()).toBe('a**de*');
  });
});
