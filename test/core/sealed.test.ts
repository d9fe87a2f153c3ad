import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Sealed } from '../../src/core/sealed.js';

describe('the handle of a secret', () => {
  it('cannot be given anything more to hold', () => {
    const sealed = new Sealed('github');
    expect(Object.isFrozen(sealed)).toBe(true);
    expect(() => Object.assign(sealed, { value: 'x' })).toThrow(TypeError);
    expect(Reflect.ownKeys(sealed)).toEqual(['name']);
  });

  it('is its name wherever it is printed', () => {
    const sealed = new Sealed('github');
    expect(String(sealed)).toBe('[secret github]');
    expect(JSON.stringify({ sealed })).toBe('{"sealed":"[secret github]"}');
    expect(inspect({ sealed }, { depth: 9, showHidden: true })).toBe('{ sealed: [secret github] }');
  });
});
