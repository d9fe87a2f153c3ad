import { describe, expect, it } from '@jest/globals';
import { rewrite } from '../../src/adopt/rewrite.js';

const long = 'a-value-of-17-chr';
const apply = (
  environment: Record<string, string>,
  args: string[],
  edits: Parameters<typeof rewrite>[1],
  untouched: string[] = [],
) => rewrite({ environment, args }, edits, (where) => untouched.includes(where));

describe('an edit', () => {
  it('leaves what it must not touch', () => {
    expect(apply({ A: long, B: long }, [long], [{ where: 'A', text: long, by: 'x' }], ['A', 'argument 1'])).toEqual({
      environment: { A: long, B: 'x' },
      args: [long],
    });
  });

  it('is made within longer text only for long values, or at its own place', () => {
    const edits = [
      { where: 'A', text: 'short-value', by: 'S' },
      { where: 'argument 2', text: long, by: 'L' },
    ];
    expect(
      apply(
        { A: 'x short-value', B: 'x short-value', C: 'short-value', D: `${long}/${long}` },
        ['--a=short-value', long],
        edits,
      ),
    ).toEqual({
      environment: { A: 'x S', B: 'x short-value', C: 'S', D: 'L/L' },
      args: ['--a=short-value', 'L'],
    });
  });

  it('of a longer value goes first, and an empty value changes nothing', () => {
    const edits = [
      { where: '', text: long, by: 'inner' },
      { where: '', text: `${long}-more`, by: 'outer' },
      { where: 'A', text: '', by: 'never' },
    ];
    expect(apply({ A: `${long}-more`, B: '' }, [], edits).environment).toEqual({ A: 'outer', B: '' });
  });
});
