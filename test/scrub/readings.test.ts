import { describe, expect, it } from '@jest/globals';
import { Automaton } from '../../src/scrub/automaton.js';
import { Readings } from '../../src/scrub/readings.js';

const automaton = new Automaton([Buffer.from('abcdefgh')]);

function read(text: string, from = 0, least = 1) {
  const readings = new Readings(automaton, Buffer.from(text), 4);
  const stopped = readings.follow(from, least);
  return { ranges: readings.ranges, open: readings.open, openEnough: readings.openEnough, stopped };
}

describe('readings', () => {
  it('finds a form of which any byte is escaped, and stops after it', () => {
    expect(read('%61bc\\u0064efg&#104;...')).toEqual({ ranges: [0, 20], open: 23, openEnough: 23, stopped: 21 });
  });

  it.each(['%', '%%', '\\', '%a', '%4', '\\u', '&#9', '&'])('is not led astray by %s before it', (before) => {
    const text = `${before}ab%63defgh`;
    expect(read(text, 0, text.length).ranges).toEqual([before.length, text.length]);
  });

  it('reads on while something is begun, and no further', () => {
    expect(read('xyz....', 0, 2).stopped).toBe(2);
    expect(read('abc....', 0, 2).stopped).toBe(4);
  });

  it.each([
    ['a%62', 0, 4],
    ['a%62c\\u006', 0, 10],
    ['..ab%63d', 2, 2],
    ['..ab%63d%6', 2, 2],
    ['..%', 2, 3],
    ['a%62c.', 6, 6],
  ])('tells that %s is cut', (text, open, openEnough) => {
    const found = read(text, 0, text.length);
    expect([found.open, found.openEnough]).toEqual([open, openEnough]);
  });
});
