import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { compileNeedles, searchesOf } from '../../src/scrub/forms.js';

const secret = randomBytes(20).toString('hex');
const formsIn = (secrets: readonly string[], rendered: readonly string[]) => {
  const { inText, inBinary } = searchesOf(compileNeedles(secrets, rendered));
  return { text: inText?.forms.map(String) ?? [], binary: inBinary?.forms.map(String) ?? [] };
};

describe('needles', () => {
  it('values under eight bytes are a bug of ours, and not named', () => {
    expect(() => compileNeedles(['1234567'], [])).toThrow(TypeError);
    expect(() => compileNeedles([secret], ['1234567'])).toThrow(/^a value is too short to be scrubbed$/);
    expect(() => compileNeedles(['éééé'], [])).not.toThrow();
  });

  it('show nothing of what they hold', () => {
    const needles = compileNeedles([secret], [`Basic ${btoa(secret)}`]);
    const copy: unknown = structuredClone(needles);
    for (const shown of [inspect(needles, { showHidden: true, depth: 9 }), JSON.stringify(needles), inspect(copy)]) {
      expect(shown).not.toMatch(/[0-9a-f]{8}/);
      expect(shown.length).toBeLessThan(60);
    }
  });

  it('of 16 bytes have all forms in every type, of fewer only themselves and in text', () => {
    const six = formsIn(['tok_456789abcdef'], []);
    expect(six.text).toEqual(six.binary);
    expect(six.text.length).toBe(6);
    expect(formsIn(['0123456789abcde'], [])).toEqual({ text: ['0123456789abcde'], binary: [] });
  });

  it('renderings are searched for as what they render is', () => {
    const short = btoa('me:0123456789abcde');
    expect(formsIn(['0123456789abcde'], [short])).toEqual({ text: ['0123456789abcde', short], binary: [] });
    const long = btoa(`me:${secret}`);
    expect(formsIn([secret], [long]).binary).toEqual(expect.arrayContaining([long, Buffer.from(long).toString('hex')]));
  });

  it('a rendering that holds the value as it stands adds nothing, and neither does a value given twice', () => {
    expect(formsIn([secret, secret], [`Bearer ${secret}`, secret])).toEqual(formsIn([secret], []));
  });

  it('a space may be a plus sign', () => {
    expect(formsIn(['correct horse'], []).text).toEqual(['correct horse', 'correct+horse']);
  });

  it('without values there is nothing to search for', () => {
    expect(formsIn([], [])).toEqual({ text: [], binary: [] });
  });
});
