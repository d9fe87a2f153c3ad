import { describe, expect, it } from '@jest/globals';
import type { Rule } from '../../src/core/rule.js';
import {
  atMostOne,
  exactlyOne,
  neededFor,
  onlyWith,
  ruleOf,
  staleAfterRefresh,
  together,
} from '../../src/secrets/option-rules.js';

const told = (rule: Rule, options: object): string[] =>
  rule.mistakes(options as never).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('what options have to be together', () => {
  it.each<[string, Rule, object, string[]]>([
    ['one of them: none', exactlyOne('a', 'b'), {}, ['a: found neither "a" nor "b"; allowed is exactly one of them']],
    [
      'one of them: several',
      exactlyOne('a', 'b', 'c'),
      { a: 1, b: 2, c: 3 },
      [
        'b: found "b" beside "a"; allowed is one of "a", "b", "c"',
        'c: found "c" beside "a"; allowed is one of "a", "b", "c"',
      ],
    ],
    ['no two of them', atMostOne('a', 'b'), { b: 1, a: 2 }, ['b: found "b" beside "a"; allowed is one of "a", "b"']],
    ['all or none', together('a', 'b'), { b: 1 }, ['b: found "b" without "a"; allowed is both or neither']],
    [
      'one for a choice',
      onlyWith('a', 'by', ['x', 'y']),
      { a: 1, by: 'z' },
      ['a: found "a", which is for by: x or y; allowed is that, or no "a"'],
    ],
    ['one that a choice needs', neededFor('a', 'by', ['x']), { by: 'x' }, ['a: "a" is missing, which by: x needs']],
    [
      'a time to last until it is asked again',
      staleAfterRefresh,
      { refresh: 2, max_stale: 1 },
      ['max_stale: found "max_stale" (1h where it is left out) shorter than "refresh"; allowed is as long or longer'],
    ],
  ])('%s', (_, rule, options, expected) => {
    expect(told(rule, options)).toEqual(expected);
  });

  it.each<[Rule, object]>([
    [exactlyOne('a', 'b'), { b: false }],
    [atMostOne('a', 'b'), {}],
    [together('a', 'b'), {}],
    [together('a', 'b'), { a: 1, b: 2 }],
    [onlyWith('a', 'by', ['x']), { a: 1, by: 'x' }],
    [onlyWith('a', 'by', ['x']), { by: 'z' }],
    [neededFor('a', 'by', ['x']), { by: 'z' }],
    [staleAfterRefresh, { refresh: 2, max_stale: 2 }],
    [neededFor('a', 'by', ['x']), { a: 1, by: 'x' }],
    [ruleOf<{ a: number }>()(['a'], ({ a }) => (a > 1 ? [{ path: [], message: '' }] : [])), { a: 1 }],
  ])('and what they may be: %#', (rule, options) => {
    expect(told(rule, options)).toEqual([]);
  });
});
