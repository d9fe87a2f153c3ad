import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dotenvOf } from '../../src/secrets/dotenv.js';

const read = (text: string): string | Record<string, string> => {
  const lines = dotenvOf(text);
  return typeof lines === 'string' ? lines : Object.fromEntries(lines);
};

describe('a .env file that readers differ over', () => {
  it.each([
    ['a line that is none', 'A=1\n\ns3cr3t', 'line 3 is not NAME=value'],
    ['a name without a value', 'A', 'line 1 is not NAME=value'],
    ['a name with a dot, which no template can name', 'a.b=1', 'line 1 is not NAME=value'],
    ['a name that begins with a digit', '1A=1', 'line 1 is not NAME=value'],
    ['a colon', 'A: s3cr3t', 'line 1 is not NAME=value'],
    ['a # in a bare value', 'A=s3cr3t#rest', 'line 1 has a # in its value: put the value in quotes'],
    ['a quote that does not end', 'A="s3cr3t\nB=2', 'line 1 begins with a quote that does not end'],
    ['a single quote that does not end', "A='s3cr3t", 'line 1 begins with a quote that does not end'],
    ['text behind a quote', 'A="s3cr3t" rest', 'line 1 goes on behind the quote that ends its value'],
    ['two quoted texts', `A="s3cr3t"'rest'`, 'line 1 goes on behind the quote that ends its value'],
    [
      'a single quote within single quotes',
      String.raw`A='it\'s'`,
      'line 1 goes on behind the quote that ends its value',
    ],
    ['a backslash before the last single quote', String.raw`A='s3cr3t\'`, 'line 1 has a backslash before a quote'],
    [
      'an unknown escape',
      String.raw`A="C:\path"`,
      String.raw`line 1 has a backslash that is none of \n \r \t \" \\ \$`,
    ],
    ['a name twice', 'A=1\nB="x\ny"\nA=2', 'line 4 sets A again'],
  ])('is refused by line, without a word of it: %s', (_, text, reason) => {
    expect(read(text)).toBe(reason);
    expect(reason).not.toContain('s3cr3t');
  });
});

describe('a .env file', () => {
  it.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['comments and empty lines', '# A=1\n\n \t# x\n', {}],
    [
      'bare values, without the spaces around them',
      'A=1\n B =  two words  \nC=a=b==',
      { A: '1', B: 'two words', C: 'a=b==' },
    ],
    ['an empty value', 'A=\nB=""\nC= # x', { A: '', B: '', C: '' }],
    ['a comment behind a value', 'A=1 # x\nB="2#" # "x"\nC=\'3\'#x', { A: '1', B: '2#', C: '3' }],
    ['export', 'export A=1\nexport\tB=2', { A: '1', B: '2' }],
    ['lines that end as on Windows, and a byte order mark', '\ufeffA=1\r\nB="x\r\ny"\r\n', { A: '1', B: 'x\ny' }],
    ['escapes in double quotes', String.raw`A="a\"b\\c\nd\te\rf\$g"`, { A: 'a"b\\c\nd\te\rf$g' }],
    ['no escapes in single quotes, nor in backticks', "A='a\\nb\"'\nB=`a\\n'b\"`", { A: 'a\\nb"', B: 'a\\n\'b"' }],
    ['no escapes in a bare value', String.raw`A=a\nb`, { A: 'a\\nb' }],
    ['text of several lines in quotes', 'A="-----BEGIN\nx\n-----END"\nB=2', { A: '-----BEGIN\nx\n-----END', B: '2' }],
    ['nothing filled in', 'A=$HOME\nB="${A} $(id) `id`"', { A: '$HOME', B: '${A} $(id) `id`' }],
  ])('may have %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('is read as Node reads it, where it is not refused, has no escapes and is not empty', () => {
    const value = fc.string({ unit: fc.constantFrom(...Array.from('ab1 =$\'`#"')), maxLength: 8 });
    const line = fc.tuple(fc.constantFrom('A', 'B', 'export C', 'D_1'), fc.constantFrom('=', ' = '), value);
    const file = fc
      .array(line, { maxLength: 3 })
      .map((lines) => lines.map((parts) => parts.join('')).join('\n') + '\n');
    let compared = 0;
    fc.assert(
      fc.property(file, (text) => {
        const lines = read(text);
        // Of empty values each version of Node has its own reading.
        if (typeof lines === 'string' || Object.values(lines).includes('')) return;
        compared += 1;
        expect(lines).toEqual({ ...parseEnv(text) });
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
