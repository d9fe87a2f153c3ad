import { describe, expect, it } from '@jest/globals';
import { overlap, slot } from '../../src/core/slot.js';

describe('what two entries write', () => {
  it.each([
    [slot('header', 'a'), slot('header', 'a'), true],
    [slot('header', 'cookie'), slot('header', 'cookie', 'd'), true],
    [slot('json', 'a', 'b'), slot('json', 'a'), true],
    [slot('json', 'a'), slot('json', 'ab'), false],
    [slot('json', 'a/b'), slot('json', 'a'), false],
    [slot('json', 'a%2Fb'), slot('json', 'a/b'), false],
    [slot('query', 'a'), slot('form', 'a'), false],
  ])('is lost where one is within the other: %s, %s', (one, other, lost) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([lost, lost]);
  });
});
