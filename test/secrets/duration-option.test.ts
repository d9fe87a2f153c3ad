import { describe, expect, it } from '@jest/globals';
import { durationOption } from '../../src/secrets/duration-option.js';

describe('a length of time in an option', () => {
  it.each(['', '5', 's', '0s', '-1s', '1.5h', '1d', '5 m', '05m', '99999999999s', '1h30m'])('is not %j', (text) => {
    expect(durationOption.safeParse(text).success).toBe(false);
  });

  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
  ])('is %s in milliseconds', (text, milliseconds) => {
    expect(durationOption.parse(text)).toBe(milliseconds);
  });
});
