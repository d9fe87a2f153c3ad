import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../src/config/nearest.js';

const known = ['hosts', 'policies', 'token_sha256', 'default'];

describe('the nearest known word', () => {
  it.each([
    ['host', 'hosts'],
    ['hsots', 'hosts'],
    ['pol', 'policies'],
    ['po', undefined],
    ['sotsh', undefined],
    ['Hosts', 'hosts'],
    ['polices', 'policies'],
    ['token-sha256', 'token_sha256'],
    ['tokenSha25', 'token_sha256'],
    ['defualt', 'default'],
    ['x', undefined],
    ['something', undefined],
    ['', undefined],
  ])('of %j is %j', (word, near) => {
    expect(nearest(word, known)).toBe(near);
  });

  it('is found at once, however long the word', () => {
    expect(nearest('h'.repeat(1_000_000), known)).toBeUndefined();
  });
});
