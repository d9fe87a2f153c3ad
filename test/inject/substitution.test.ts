import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import {
  mostOccurrences,
  occurrencesIn,
  requireOneFieldEach,
  substituted,
  substitutionsFor,
} from '../../src/inject/substitution.js';
import { somePlaceholders } from './credentials.js';

const github = { secret: 'github', field: 'value' };
const jira = { secret: 'jira', field: 'token' };

describe('what a client may send for a secret', () => {
  it('is nothing where it has no placeholder for it', () => {
    const placeholders = somePlaceholders();
    expect(substitutionsFor([github], 'nobody', placeholders)).toEqual([]);
    expect(substitutionsFor([{ secret: 'other', field: 'value' }], 'desk', placeholders)).toEqual([]);
  });

  it('is its own placeholder', () => {
    const placeholders = somePlaceholders();
    expect(substitutionsFor([github, jira], 'desk', placeholders)).toEqual([
      { placeholder: placeholders.of('desk', 'github'), reference: github },
      { placeholder: placeholders.of('desk', 'jira'), reference: jira },
    ]);
  });
});

describe('substitution', () => {
  const substitutions = [
    { placeholder: 'PLACE1', reference: github },
    { placeholder: 'PLACE2', reference: jira },
  ];

  it('counts every occurrence', () => {
    expect(occurrencesIn('none', substitutions)).toBe(0);
    expect(occurrencesIn('PLACE1PLACE1 and PLACE2', substitutions)).toBe(3);
    expect(mostOccurrences).toBe(4);
  });

  it('leaves everything but the placeholders as it is', () => {
    const fill = ({ secret }: { secret: string }): string => `<${secret}>`;
    expect(substituted('a PLACE1PLACE2 $& b PLACE1', substitutions, fill)).toBe('a <github><jira> $& b <github>');
  });

  it('does not read patterns in a value', () => {
    expect(substituted('PLACE1', substitutions, () => "$& $1 $' $$")).toBe("$& $1 $' $$");
  });

  it('asks for no value that is not needed', () => {
    expect(substituted('PLACE2', substitutions, ({ secret }) => {
      if (secret === 'github') throw new TypeError('asked for');
      return 'value';
    })).toBe('value'); // prettier-ignore
  });

  it('is refused where a placeholder could stand for two fields', () => {
    expect(() => requireOneFieldEach([jira, { secret: 'jira', field: 'user' }])).toThrow(UsageError);
    expect(() => requireOneFieldEach([jira, github])).not.toThrow();
  });
});
