import { expect, it } from '@jest/globals';
import { entityCharacters } from '../../src/scrub/entities.js';
import { longestEscape } from '../../src/scrub/escapes.js';

it('every name is of letters, fits the longest escape and stands for an ASCII character that is no letter or digit', () => {
  expect(entityCharacters.size).toBeGreaterThan(30);
  for (const [name, character] of entityCharacters) {
    expect(name).toMatch(/^[A-Za-z]+$/);
    expect(name.length + 2).toBeLessThanOrEqual(longestEscape);
    expect(String.fromCharCode(character)).toMatch(/^[\t\n!-/:-@[-`{-~]$/);
  }
});
