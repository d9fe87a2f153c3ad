import { expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/core/limits.js';
import { patience, patienceBetween } from '../../src/proxy/patience.js';

const limits = {
  ...defaultLimits,
  requestIdleTimeout: 100,
  responseIdleTimeout: 200,
  responseTimeout: 1000,
  lookupTimeout: 10,
  secretTimeout: 20,
  connectTimeout: 30,
};

it('a caller that is waited for has the time of a request body', () => {
  expect(patience(limits, true, false)).toBe(100);
});

it('a caller that waits is not cut before the destination has had its time', () => {
  expect(patience(limits, false, false)).toBeGreaterThan(limits.responseTimeout + 60);
});

it('a caller that reads its answer has the time between two reads of it, and a little more: the destination is to blame', () => {
  expect(patience(limits, false, true)).toBe(700);
});

it('between two requests depends on what is still to come', () => {
  const limits = { ...defaultLimits, keepAliveTimeout: 1, headersTimeout: 2, requestIdleTimeout: 3 };
  expect([
    patienceBetween(limits, true, true),
    patienceBetween(limits, false, true),
    patienceBetween(limits, false, false),
  ]).toEqual([1, 2, 3]);
});
