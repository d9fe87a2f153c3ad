import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { openUrlSubstitution } from '../../src/inject/url-substitution.js';
import { percentEncoded, shapes } from './spellings.js';

const reference = { secret: 'api', field: 'value' };
const placeholderOf = (shape: string): string =>
  keyedPlaceholders(Buffer.alloc(32, 1), ['desk'], new Map([['api', shape]])).of('desk', 'api')!;
const { occurrences, substituted } = openUrlSubstitution();
const telegram = placeholderOf('<10 digits>:<35 base64url>');
const replaced = (text: string, placeholder = telegram): string =>
  substituted(text, [{ placeholder, reference }], () => '$&VALUE');

describe('a placeholder in a URL', () => {
  it.each([
    ['in another case', telegram.toUpperCase()],
    ['in half', telegram.slice(1)],
    ['encoded twice', telegram.replace(':', '%253A')],
    ['with something in it', `${telegram.slice(0, 5)}%00${telegram.slice(5)}`],
    ['behind a percent sign, with which it would make an escape of the value', `%${telegram}`],
    ['behind half an escape', `%2${telegram}`],
    ['behind half an escape in small letters', `a%f${telegram}`],
  ])('is not found %s', (_, text) => {
    expect(occurrences(text, [{ placeholder: telegram, reference }])).toBe(0);
    expect(replaced(text)).toBe(text);
  });

  it('is replaced whatever of it is percent-encoded, and nothing around it is touched', () => {
    const choices = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 80 });
    const around = fc.stringMatching(/^(?:[a-z&=+.-]|%[2-7][0-9A-Fa-f])*$/);
    fc.assert(
      fc.property(fc.constantFrom(...shapes), choices, around, around, (shape, picked, before, behind) => {
        const placeholder = placeholderOf(shape);
        const sent = `${before}${percentEncoded(placeholder, picked)}${behind}`;
        expect(replaced(sent, placeholder)).toBe(`${before}$&VALUE${behind}`);
        expect(occurrences(sent + sent, [{ placeholder, reference }])).toBe(2);
      }),
    );
  });

  it('is found behind a whole escape', () => expect(replaced(`%2F${telegram}`)).toBe('%2F$&VALUE'));

  it.each(Array.from('!"#$&\'()*+,/;=?@[\\]^`{|}'))('may have %s in it', (char) => {
    const placeholder = placeholderOf(`a${char}<32 hex>`);
    expect(replaced(`x${placeholder}y`, placeholder)).toBe('x$&VALUEy');
    expect(replaced(`x${encodeURIComponent(placeholder)}y`, placeholder)).toBe('x$&VALUEy');
  });
});
