import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Automaton } from '../../src/scrub/automaton.js';

function ends(strings: readonly string[], text: string): string[] {
  const automaton = new Automaton(strings.map((string) => Buffer.from(string)));
  let state = 0;
  return [...Buffer.from(text)].map((byte, i) => {
    state = automaton.step(state, byte);
    const found = automaton.found[state] as number;
    return text.slice(i + 1 - found, i + 1);
  });
}

describe('the automaton', () => {
  it('finds at each byte the longest string that ends there', () => {
    expect(ends(['he', 'she', 'hers', 'his'], 'ushers')).toEqual(['', '', '', 'she', '', 'hers']);
  });

  it('finds a string within a longer one that fails', () => {
    expect(ends(['abcd', 'bc'], 'abce')).toEqual(['', '', 'bc', '']);
  });

  it('agrees with a plain comparison', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 }),
        (words, text) => {
          const expected = Array.from(text).map((_, i) => {
            const ending = words.filter((candidate) => text.slice(0, i + 1).endsWith(candidate));
            return ending.sort((one, other) => other.length - one.length)[0] ?? '';
          });
          expect(ends(words, text)).toEqual(expected);
        },
      ),
    );
  });

  it('says what a state stands for, and how much of a string that is', () => {
    const automaton = new Automaton([Buffer.from('secret'), Buffer.from('cret!')]);
    const state = [...Buffer.from('xsecre')].reduce((from, byte) => automaton.step(from, byte), 0);
    expect(automaton.depth[state]).toBe(5);
    expect(Buffer.from(automaton.ending(state, 5)).toString()).toBe('secre');
    expect(Buffer.from(automaton.ending(state, 2)).toString()).toBe('re');
    expect(automaton.depth[automaton.step(state, 0x21)]).toBe(0);
    const other = [...Buffer.from('secret!')].reduce((from, byte) => automaton.step(from, byte), 0);
    expect(automaton.found[other]).toBe(5);
    expect(automaton.open[state]).toBe(5);
    expect(automaton.open[other]).toBe(0);
  });
});
