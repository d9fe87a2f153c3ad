import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { fieldsFrom, fieldsTo, pseudoField } from '../../src/http2/fields.js';

describe('fields of HTTP/2', () => {
  it('are read without the pseudo-header fields, in order, with duplicates', () => {
    const raw = [':method', 'GET', ':path', '/', 'x-a', '1', 'x-b', '2', 'x-a', '3'];
    expect(fieldsFrom(raw).raw).toEqual(['x-a', '1', 'x-b', '2', 'x-a', '3']);
    expect(pseudoField(raw, ':path')).toBe('/');
    expect(pseudoField(raw, ':authority')).toBeUndefined();
  });

  it('have one cookie, however many pieces it came in', () => {
    expect(fieldsFrom(['cookie', 'a=1', 'x', 'y', 'cookie', 'b=2', 'cookie', 'c=3']).raw).toEqual([
      'cookie',
      'a=1; b=2; c=3',
      'x',
      'y',
    ]);
  });

  it('that stand once and stand twice are one where they say the same, or where the first counts', () => {
    const fields = fieldsTo(
      new HeaderList([
        'Date',
        'a',
        'date',
        'b',
        'Content-Type',
        'x',
        'content-type',
        'x',
        'Location',
        '1',
        'location',
        '2',
      ]),
    );
    expect({ ...fields }).toEqual({ date: 'a', 'content-type': 'x', location: ['1', '2'] });
  });

  it('are written in lower case, with what stands more than once in a list', () => {
    const fields = fieldsTo(new HeaderList(['X-A', '1', '__proto__', 'p', 'x-a', '2', 'X-a', '3', 'B', '']));
    expect(Object.entries(fields)).toEqual([
      ['x-a', ['1', '2', '3']],
      ['__proto__', 'p'],
      ['b', ''],
    ]);
  });
});
