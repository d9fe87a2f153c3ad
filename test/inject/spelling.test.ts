import { describe, expect, it } from '@jest/globals';
import { inForm, inJson, inXml, replaceSpelled, verbatim, type Spelling } from '../../src/inject/spelling.js';

/** Placeholders are longer than any escape. */
const core = 'x'.repeat(32);
const whole = (text: string): string => text.replaceAll('~', core);
const one = { placeholder: whole('p:"0~'), reference: { secret: 'one', field: 'value' } };
const two = { placeholder: whole('q.1~'), reference: { secret: 'two', field: 'value' } };
const replace = (text: string, spelling: Spelling) =>
  replaceSpelled(whole(text), [one, two], spelling, ({ secret }) => `<${secret}>`);

describe('placeholders in a text', () => {
  it.each<[Spelling, string, string, number]>([
    [verbatim, 'p:"0~ q.1~ qx1~ q.1~', '<one> <two> qx1~ <two>', 3],
    [inJson, 'p:\\"0~ p:"0~ \\\\q.1~', '<one> p:"0~ \\\\<two>', 2],
    [inForm, 'p%3A%220~ p%3a"0~ p:%220~ q%2E1~ %p', '%3Cone%3E %3Cone%3E %3Cone%3E %3Ctwo%3E %p', 4],
    [inXml, 'p:&#34;0~ p:"0~ q.1~', '&#60;one&#62; p:"0~ &#60;two&#62;', 2],
  ])('are replaced where they stand, written as they have to be there (%#)', (spelling, text, becomes, count) => {
    expect(replace(text, spelling)).toEqual({ text: whole(becomes), count });
  });

  it('are none that only begin within an escape', () => {
    expect(replace('\\q.1~ \\u00q.1~', inJson).text).toBe(whole('\\q.1~ \\u00<two>'));
    const hex = { placeholder: `0dec${core}`, reference: one.reference };
    for (const [text, spelling] of [
      [`\\u000dec${core}`, inJson],
      [`%0dec${core}`, inForm],
    ] as const)
      expect(replaceSpelled(text, [hex], spelling, () => '')).toEqual({ text, count: 0 });
  });

  it('are not looked for where there are none', () => {
    expect(replaceSpelled('text', [], inJson, () => 'x')).toEqual({ text: 'text', count: 0 });
  });
});
