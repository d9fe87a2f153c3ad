import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Search } from '../../src/scrub/search.js';

const form = 'sekret/0123456789';
const search = new Search([Buffer.from(form)]);
const find = (text: string) => search.find(Buffer.from(text, 'latin1'));

describe('a search', () => {
  it.each([
    ['sekret/012345678'],
    ['ekret/0123456789'],
    ['sekret/0123456788'],
    ['SEKRET/0123456789'],
    ['sekret%2g0123456789'],
  ])('does not find %s', (text) => {
    expect(find(`${text}.`)).toEqual({ ranges: [], open: text.length + 1, edge: text.length + 1 });
  });

  it('finds forms as they stand and escaped, side by side', () => {
    const escaped = 'sekret%2F0123456789';
    expect(find(`.${form}${escaped}.`).ranges).toEqual([1, 18, 18, 37]);
  });

  it('tells from where on a form may go on, and whether six bytes of it are there', () => {
    expect(find('..sek')).toEqual({ ranges: [], open: 2, edge: 5 });
    expect(find('..sekret')).toEqual({ ranges: [], open: 2, edge: 2 });
    expect(find('..sekret\\')).toEqual({ ranges: [], open: 2, edge: 2 });
    expect(find('..sekret/0123%3456')).toMatchObject({ ranges: [], open: 2, edge: 2 });
    expect(find('..sekret/0123%3466')).toMatchObject({ ranges: [], open: 18 });
    expect(find(`..${form}`)).toEqual({ ranges: [2, 19], open: 19, edge: 19 });
    expect(find('..sekret%2f0123456789')).toEqual({ ranges: [2, 21], open: 21, edge: 21 });
  });

  /** Counts the moves of the automaton, which are all the work that is not a constant for each byte. */
  function movesFor(forms: readonly string[], bytes: Buffer): number {
    const counted = new Search(forms.map((text) => Buffer.from(text)));
    const step = counted.automaton.step.bind(counted.automaton);
    let moves = 0;
    counted.automaton.step = (state, byte) => {
      moves += 1;
      return step(state, byte);
    };
    counted.find(bytes);
    return moves;
  }

  const size = 1 << 18;
  const filled = (text: string) => Buffer.alloc(size, text);
  it.each([
    ['random bytes', randomBytes(size), 0.3],
    ['percent signs', filled('%'), 0.1],
    ['backslashes', filled('\\'), 0.1],
    ['ampersands', filled('&'), 0.1],
    ['the first byte of the form', filled('s'), 0.1],
    ['the form without its last byte', filled(form.slice(0, -1)), 1.1],
    ['the form with its last byte wrong', filled(`${form.slice(0, -1)}x`), 1.1],
    ['an escaped beginning of the form', filled('%73%65%6b'), 3],
    ['its first byte escaped', filled('%73'), 3],
    ['escapes that any form could go over', filled('\\/'), 3],
    ['escapes that are cut short', filled('%7\\u007&#'), 3],
    ['JSON in JSON', filled('{\\"a\\":\\"b\\\\n\\"}'), 0.1],
  ])('%s cost at most so many moves a byte', (_, bytes, atMost) => {
    expect(movesFor([form], bytes) / size).toBeLessThan(atMost);
  });

  it('a form that repeats one byte costs no more for a body of it', () => {
    expect(movesFor(['a'.repeat(1000)], filled('a')) / size).toBeLessThan(1.1);
    expect(movesFor([`${'a'.repeat(1000)}b`], filled('a%61')) / size).toBeLessThan(3);
  });
});
