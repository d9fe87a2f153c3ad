import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotAt } from '../../src/inject/json-slot.js';
import { parsePointer } from '../../src/inject/json-string.js';

function placed(json: string, pointer: string): string | undefined {
  const slot = slotAt(json, parsePointer(pointer) ?? []);
  return slot && `${json.slice(0, slot.start)}${slot.before}"v"${slot.after}${json.slice(slot.end)}`;
}

describe('where a value goes in JSON', () => {
  it('is in an object or list that is there, and nowhere else', () => {
    expect(placed('{"a":{"b":2}}', '/a/b')).toBe('{"a":{"b":"v"}}');
    expect(placed('{"a":{}}', '/a/b')).toBe('{"a":{"b":"v"}}');
    expect(placed('[1,[2,3]]', '/1/0')).toBe('[1,["v",3]]');
    expect(placed('[]', '/0')).toBeUndefined();
    expect(placed('{"a":1}', '/b/c')).toBeUndefined();
  });

  it('is the one that every reader finds, for any object', () => {
    const name = fc.string({ maxLength: 3 }).filter((text) => !/[/~]/.test(text) && text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), name, fc.integer({ min: 0, max: 2 }), (object, key, indent) => {
        const json = JSON.stringify(object, undefined, indent);
        const text = placed(json, `/${key}`);
        if (text !== undefined) expect(JSON.parse(text)).toEqual({ ...(JSON.parse(json) as object), [key]: 'v' });
        else expect(Object.keys(object).length).toBeGreaterThan(0);
      }),
    );
  });
});
