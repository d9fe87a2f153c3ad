import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { literalSpellings } from '../../src/scrub/spellings.js';

const texts = (value: string) => literalSpellings(Buffer.from(value, 'latin1')).map((form) => form.toString('latin1'));

describe('literal spellings', () => {
  it('are the value, its base64 in three alignments and its hex in both cases', () => {
    expect(texts('hello-secret-key')).toEqual([
      'hello-secret-key',
      'aGVsbG8tc2VjcmV0LWtle',
      'hlbGxvLXNlY3JldC1rZX',
      'oZWxsby1zZWNyZXQta2V5',
      '68656c6c6f2d7365637265742d6b6579',
      '68656C6C6F2D7365637265742D6B6579',
    ]);
  });

  it('hold the URL-safe base64 too where it differs', () => {
    expect(texts('????>>>>????>>>>')).toEqual(
      expect.arrayContaining(['Pz8/Pz4+Pj4/Pz8/Pj4+P', 'Pz8_Pz4-Pj4_Pz8_Pj4-P']),
    );
  });

  it('one of them stands in the base64 of any text around the value', () => {
    const bytes = fc.uint8Array({ maxLength: 9 });
    fc.assert(
      fc.property(bytes, fc.uint8Array({ minLength: 16, maxLength: 40 }), bytes, (before, value, after) => {
        const forms = literalSpellings(Buffer.from(value));
        const all = Buffer.concat([before, value, after]);
        for (const coded of [all.toString('base64'), all.toString('base64url')]) {
          expect(forms.slice(1).some((form) => coded.includes(form.toString()))).toBe(true);
        }
      }),
    );
  });
});
