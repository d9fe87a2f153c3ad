import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAuthority } from '../../src/policy/authority.js';
import { indexHosts } from '../../src/policy/host-index.js';
import { covers, parseHostPattern } from '../../src/policy/host-pattern.js';

const lists = [
  ['*.example.com', 'api.example.com'],
  ['api.example.com'],
  ['*.com'],
  ['api.example.com:80'],
  ['192.0.2.1'],
  ['*.example.com'],
];
const find = indexHosts(lists.map((list) => list.map(parseHostPattern)));

describe('the index of hosts', () => {
  it.each([
    ['example.org:443', []],
    ['com:443', []],
    ['192.0.2.2:443', []],
    ['api.example.com:8443', []],
    ['example.com:443', [2]],
    ['api.example.com:443', [0, 1, 2, 5]],
    ['x.api.example.com:443', [0, 2, 5]],
    ['api.example.com:80', [3]],
    ['192.0.2.1:443', [4]],
  ])('finds for %s the lists %j, in their order and each once', (text, positions) => {
    expect(find(parseAuthority(text))).toEqual(positions);
  });

  it.each([
    ['*.org', []],
    ['*.com', [2]],
    ['*.example.com', [0, 2, 5]],
    ['*.api.example.com', [0, 2, 5]],
    ['*.192.example', []],
  ])('finds for the pattern %s those that cover it: %j', (text, positions) => {
    expect(find(parseHostPattern(text))).toEqual(positions);
  });

  it('finds what trying every pattern finds', () => {
    const name = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const pattern = fc
      .tuple(fc.constantFrom('', '*.'), name, fc.constantFrom('', ':80'))
      .map((parts) => parseHostPattern(parts.join('')));
    fc.assert(
      fc.property(fc.array(fc.array(pattern, { maxLength: 4 }), { maxLength: 8 }), pattern, (patterns, sought) => {
        const expected = [...patterns.keys()].filter((at) =>
          (patterns[at] ?? []).some((candidate) => covers(candidate, sought)),
        );
        expect(indexHosts(patterns)(sought)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
