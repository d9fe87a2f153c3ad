import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePointer, stringAt } from '../../src/inject/json-string.js';

const at = (json: string, pointer: string): string | undefined => {
  const place = stringAt(json, parsePointer(pointer) ?? []);
  return place && json.slice(place.start, place.end);
};

describe('no string', () => {
  it.each([
    ['where there is none', '{"d":{}}', '/d/token'],
    ['where the value is a number', '{"d":{"token":12}}', '/d/token'],
    ['where it is an object', '{"d":{"token":{}}}', '/d/token'],
    ['where a name stands twice', '{"d":{"token":"a","token":"b"}}', '/d/token'],
    ['where a name stands twice in two spellings', '{"d":{"token":"a","\\u0074oken":"b"}}', '/d/token'],
    ['where a name on the way stands twice', '{"d":{"token":"a"},"d":{}}', '/d/token'],
    ['below a string', '{"d":"token"}', '/d/token'],
    ['beyond the end of an array', '["a"]', '/1'],
    ['in an empty array', '[]', '/0'],
    ['at an index that is none', '["a"]', '/00'],
    ['behind the last element', '["a"]', '/-'],
    ['in a number', '1', '/0'],
  ])('%s', (_, json, pointer) => {
    expect(at(json, pointer)).toBeUndefined();
  });

  it.each(['', 'd', '/~', '/a~2', 'd/token'])('at what is no pointer into a document: %j', (pointer) => {
    expect(parsePointer(pointer)).toBeUndefined();
  });
});

describe('the string at a pointer', () => {
  it.each([
    ['{"d":{"token":"a"}}', '/d/token', 'a'],
    [' { "op" : 2 , "d" : [ 1, {"x":[{"y":"}]"}]}, "b\\"\\\\" ] } ', '/d/2', 'b\\"\\\\'],
    ['{"a/b":{"m~n":"x"}}', '/a~1b/m~0n', 'x'],
    ['{"\\u0064":"x"}', '/d', 'x'],
    ['{"":"x"}', '/', 'x'],
    ['[true,null,-1.5e3,"x"]', '/3', 'x'],
    ['{"d":""}', '/d', ''],
  ])('%s %s', (json, pointer, found) => {
    expect(at(json, pointer)).toBe(found);
  });

  it('is what JSON.parse finds there, however it is written', () => {
    const key = fc.string({ minLength: 1, maxLength: 4 });
    const written = fc.tuple(
      fc.array(key, { minLength: 1, maxLength: 4 }),
      fc.string(),
      fc.jsonValue({ maxDepth: 3 }),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(written, ([path, text, beside, indent]) => {
        const document = path.reduceRight<unknown>(
          (inner, name) => ({ [`${name}x`]: beside, [name]: inner, [`${name}y`]: [beside] }),
          text,
        );
        const json = JSON.stringify(document, null, indent);
        const pointer = path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(JSON.parse(`"${at(json, pointer) ?? ''}"`)).toBe(text);
      }),
    );
  });
});
