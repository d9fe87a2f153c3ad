import { describe, expect, it } from '@jest/globals';
import { durationOption } from '../../src/secrets/duration-option.js';

describe('a length of time among the options of a source', () => {
  it.each(['', '0s', '5', '5 m', '-1s', '1.5h', '5d', '05m', '5m ', '12345678901s'])('is refused: %j', (text) => {
    expect(durationOption.safeParse(text).success).toBe(false);
  });

  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('is in milliseconds: %s', (text, milliseconds) => {
    expect(durationOption.parse(text)).toBe(milliseconds);
  });
});
