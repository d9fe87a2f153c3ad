import { describe, expect, it } from '@jest/globals';
import { endOfCutForm, undecided } from '../../src/scrub/edges.js';

const forms = [Buffer.from('abcdefghijklmnop'), Buffer.from('0123456789')];
const end = (text: string, final = true) => endOfCutForm(forms, Buffer.from(text), final);

describe('the end of a cut form at the beginning of a range', () => {
  it.each([
    ['klmnop and more', 6],
    ['bcdefghijklmnop.', 15],
    ['456789.', 6],
    ['%6Bl&#109;n\\u006fp.', 18],
    ['Bl%6dnop.', 0],
    ['B%6b%6cmnop.', 11],
    ['1klmnop.', 7],
    ['06bklmnop.', 9],
  ])('%s: %d bytes', (text, expected) => {
    expect(end(text)).toBe(expected);
  });

  it.each(['lmnop and more', '.klmnop', ' klmnop', 'klmnoq', 'clean text', 'efghi'])('%s: none', (text) => {
    expect(end(text)).toBe(0);
    expect(end(`${text} to be continued`, false)).toBe(0);
  });

  it('a range from within a form counts whole from six bytes on', () => {
    expect(end('efghij')).toBe(6);
    expect(end('ef%67hij')).toBe(8);
    expect(end('efghi')).toBe(0);
  });

  it('waits while more bytes could tell', () => {
    expect(end('e', false)).toBe(undecided);
    expect(end('efghijklmno', false)).toBe(undecided);
    expect(end('efghij%6', false)).toBe(undecided);
    expect(end('efghijklmnop', false)).toBe(12);
    expect(end('efghijklmnox', false)).toBe(0);
  });

  it.each(['#113;', '#x0071;', '0071', '1', 'bsol;', 'ud83d\\ude00', '\\'])(
    'waits behind what may be the rest of a cut escape: %s',
    (rest) => {
      const text = `${rest}klmnop.`;
      for (let at = 1; at <= rest.length; at += 1) expect(end(text.slice(0, at), false)).toBe(undecided);
      expect([end(text, false), end(text)]).toEqual([rest.length + 6, rest.length + 6]);
    },
  );
});
