import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countNumber,
  durationText,
  filePath,
  formatDuration,
  formatSize,
  nameText,
  sizeText,
  text,
} from '../../src/config/text.js';

describe('a duration', () => {
  it.each([
    ['1ms', 1],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['596h', 2_145_600_000],
  ])('%s is %d milliseconds', (value, milliseconds) => {
    expect(durationText.parse(value)).toBe(milliseconds);
  });

  it.each(['0s', '597h', '1', '1d', '1.5s', '-1s', ' 1s', '1 s', '1S', '01s', '1m30s', '', '99999999999s'])(
    'is not %j',
    (value) => {
      expect(durationText.safeParse(value).success).toBe(false);
    },
  );

  it('is written in the largest unit that fits', () => {
    expect([1, 1500, 30_000, 90_000, 3_600_000].map(formatDuration)).toEqual(['1ms', '1500ms', '30s', '90s', '1h']);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (value) => {
        expect(durationText.parse(formatDuration(value))).toBe(value);
      }),
    );
  });
});

describe('a size', () => {
  it.each([
    ['1B', 1],
    ['64KiB', 65_536],
    ['10MiB', 10_485_760],
    ['1024GiB', 1024 ** 4],
  ])('%s is %d bytes', (value, bytes) => {
    expect(sizeText.parse(value)).toBe(bytes);
    expect(sizeText.parse(formatSize(bytes))).toBe(bytes);
  });

  it.each(['0B', '1025GiB', '1', '1KB', '1kib', '1.5MiB', ''])('is not %j', (value) => {
    expect(sizeText.safeParse(value).success).toBe(false);
  });
});

describe('a count', () => {
  it.each([0, -1, 1.5, 1_000_001, Number.NaN, '1'])('is not %j', (value) => {
    expect(countNumber.safeParse(value).success).toBe(false);
  });

  it('is from 1 to a million', () => {
    expect([1, 1_000_000].map((value) => countNumber.parse(value))).toEqual([1, 1_000_000]);
  });
});

describe('a name', () => {
  it.each(['', '-a', '_a', 'a.b', 'a:b', 'a b', 'é', 'a'.repeat(65), 'a\n'])('is not %j', (value) => {
    expect(nameText.safeParse(value).success).toBe(false);
  });

  it.each(['a', '9', 'a-b_C', 'a'.repeat(64)])('may be %s', (value) => {
    expect(nameText.parse(value)).toBe(value);
  });
});

describe('a path', () => {
  it('starts from the folder of the configuration file', () => {
    const path = filePath('/etc/k');
    expect(['a', './a', '../a', '/a'].map((value) => path.parse(value))).toEqual([
      '/etc/k/a',
      '/etc/k/a',
      '/etc/a',
      '/a',
    ]);
    expect(path.safeParse('').success).toBe(false);
    expect(path.safeParse('a\0').success).toBe(false);
  });
});

describe('a text that is read by a function', () => {
  it('does not hide a bug in that function', () => {
    const failing = text({ title: 't', allowed: 'x' }, () => {
      throw new TypeError('a bug');
    });
    expect(() => failing.safeParse('x')).toThrow('a bug');
  });
});
