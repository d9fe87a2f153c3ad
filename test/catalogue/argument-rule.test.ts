import { describe, expect, it } from '@jest/globals';
import { matchingArgument, optionArgument, optionValues } from '../../src/catalogue/argument-rule.js';

describe('option values', () => {
  it.each([
    [[], []],
    [['--token'], []],
    [['--tokens', 'x'], []],
    [['token', 'x'], []],
    [['--token', 'x'], [{ index: 1, value: 'x' }]],
    [['a', '--token=x=y'], [{ index: 1, value: 'x=y' }]],
    [
      ['-t', 'x', '-t', 'y'],
      [
        { index: 1, value: 'x' },
        { index: 3, value: 'y' },
      ],
    ],
  ])('of %j are %j', (args, expected) => expect(optionValues(args, ['--token', '-t'])).toEqual(expected));
});

describe('rules', () => {
  it('take the value of an option', () => {
    expect(optionArgument(['-t'], ['<40 alnum>'])(['-t', 'x'], {})).toEqual([
      { index: 1, value: 'x', shapes: ['<40 alnum>'] },
    ]);
  });

  it('take a part of an argument', () => {
    const rule = matchingArgument(/^user:(?<secret>.+)$/, []);
    expect(rule(['user', 'user:', 'user:x:y'], {})).toEqual([{ index: 2, value: 'x:y', shapes: [] }]);
  });
});
