import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';

describe('a header list', () => {
  const raw = ['Accept', 'a', 'X-One', '1', 'ACCEPT', 'b'];

  it('finds names in any case, in order', () => {
    const list = new HeaderList(raw);
    expect(list.all('accept')).toEqual(['a', 'b']);
    expect(list.first('accept')).toBe('a');
    expect(list.first('x-two')).toBeUndefined();
    expect(list.has('x-one')).toBe(true);
    expect(list.count).toBe(3);
  });

  it('replaces every field of a name by one at the end', () => {
    const list = new HeaderList(raw);
    list.set('accept', 'c');
    expect(list.raw).toEqual(['X-One', '1', 'accept', 'c']);
  });

  it('leaves the array it was made from alone', () => {
    const list = new HeaderList(raw);
    list.remove('accept');
    expect(raw).toHaveLength(6);
    expect(list.raw).toEqual(['X-One', '1']);
  });

  it('rewrites values in place', () => {
    const list = new HeaderList(raw);
    list.mapValues((value, name) => (name === 'accept' ? value.toUpperCase() : value));
    expect(list.raw).toEqual(['Accept', 'A', 'X-One', '1', 'ACCEPT', 'B']);
  });
});
