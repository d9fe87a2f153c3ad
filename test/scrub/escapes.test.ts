import { describe, expect, it } from '@jest/globals';
import { longestEscape, readEscape, unfinished } from '../../src/scrub/escapes.js';

describe('escapes', () => {
  it.each([
    ['%61', 'a'],
    ['%2F', '/'],
    ['%2f', '/'],
    ['\\u0061', 'a'],
    ['\\u00E9', 'é'],
    ['\\ud83D\\uDE00', '😀'],
    ['\\n', '\n'],
    ['\\t', '\t'],
    ['\\r', '\r'],
    ['\\b', '\b'],
    ['\\f', '\f'],
    ['\\/', '/'],
    ['\\"', '"'],
    ['\\\\', '\\'],
    ['&#97;', 'a'],
    ['&#0000097;', 'a'],
    ['&#x61;', 'a'],
    ['&#X3d;', '='],
    ['&#128512;', '😀'],
    ['&amp;', '&'],
    ['&quot;', '"'],
    ['&AMP;', '&'],
    ['&equals;', '='],
  ])('%s is %j', (text, character) => {
    const escape = readEscape(Buffer.from(`x${text}61`), 1);
    expect(escape?.length).toBe(text.length);
    expect(Buffer.from(escape?.decoded ?? []).toString()).toBe(character);
    expect(text.length).toBeLessThanOrEqual(longestEscape);
    for (let cut = 1; cut < text.length; cut += 1)
      expect(readEscape(Buffer.from(text.slice(0, cut)), 0)).toBe(unfinished);
  });

  it.each([
    ['a'],
    ['%6'.concat('g')],
    ['%%61'],
    ['\\x61'],
    ['\\N'],
    ['\\u006g'],
    ['\\U0061'],
    ['\\ude00\\ud83d'],
    ['\\ud83dx'],
    ['\\ud83d\\n'],
    ['\\ud83d\\u0061'],
    ['&#97 '],
    ['&;'],
    ['&#;'],
    ['&#x;'],
    ['&#xg;'],
    ['&#1a;'],
    ['&#55357;'],
    ['&#x110000;'],
    ['&#0000000097;'],
    ['&Amp;'],
    ['&a1;'],
    ['&AAAA'],
    ['&ampx'],
    ['& amp;'],
    ['&a=1&b=2'],
    ['&aaaaaaaaaaaa'],
  ])('%s begins none', (text) => {
    expect(readEscape(Buffer.from(text), 0)).toBeUndefined();
  });
});
