import { expect, it } from '@jest/globals';
import { durationOption } from '../../src/secrets/duration-option.js';

it.each(['', '0s', '05m', '5', '5 m', '1d', '-1s', '1.5h', '99999999999s'])('%j is no duration', (text) => {
  expect(durationOption.safeParse(text).success).toBe(false);
});

it.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(durationOption.parse(text)).toBe(milliseconds);
});
