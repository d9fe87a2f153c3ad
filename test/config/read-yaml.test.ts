import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Path } from '../../src/config/problem.js';
import { readYaml } from '../../src/config/read-yaml.js';

function refusals(text: string): string[] {
  const tree = readYaml(text);
  return 'problems' in tree
    ? tree.problems.map(({ line, column, message }) => `${line}:${column} ${message.split(/[;,]/)[0] ?? ''}`)
    : [];
}

describe('YAML is refused that', () => {
  it.each([
    ['has an anchor', 'a: &x 1\n', '1:7 found an anchor'],
    ['has an alias', 'a: 1\nb: *a\n', '2:4 found an alias'],
    ['has an alias that was meant as text', 'a: [*.example.com]\n', '1:5 found an alias'],
    ['has a tag', 'a: !!str 1\n', '1:10 found a tag'],
    ['has a tag of its own', 'a: !x 1\n', '1:4 found a tag'],
    ['has a merge key', 'a: { <<: { b: 1 } }\n', '1:6 found a merge key'],
    ['has a key of the prototype', '__proto__: 1\n', '1:1 found a key that no configuration has'],
    ['has a key twice', 'a: 1\na: 2\n', '2:1 found this key a second time'],
    ['has a list as a key', '? [a]\n: 1\n', '1:3 found a key that is not a text'],
    ['is two documents', 'a: 1\n---\nb: 1\n', '2:1 found a second document'],
    ['is an older YAML', '%YAML 1.1\n---\na: yes\n', '1:1 found a directive'],
    ['is indented by a tab', 'a:\n\tb: 1\n', '2:1 found a tab as indentation'],
    ['does not end a text', 'a: "b\n', '2:1 found an end where a character is missing'],
  ])('%s', (_, text, refusal) => {
    expect(refusals(text)[0]).toBe(refusal);
  });

  it.each([
    ['lists', '[', ''],
    ['sets', '{a: ', ''],
    ['lists in lines', '- ', 'x'],
    ['keys', '? ', 'x'],
  ])('nests %s without end', (_, opening, end) => {
    expect(refusals(opening.repeat(200_000) + end)).toEqual(['1:1 found nesting without end']);
    expect(refusals(opening.repeat(70) + end)).toEqual(['1:1 found nesting without end']);
    expect(refusals(opening.repeat(20) + end)).not.toContain('1:1 found nesting without end');
  });

  it('nests by indentation without end', () => {
    const levels = Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
    expect(refusals(levels)).toEqual(['1:1 found nesting without end']);
  });

  it('is larger than 1 MiB', () => {
    expect(refusals(`a: 1\n${'#'.repeat(1024 * 1024)}`)).toEqual(['1:1 found more than 1 MiB']);
  });
});

describe('YAML is read', () => {
  it('by version 1.2: yes and no are texts, and so is every key', () => {
    const tree = readYaml('a: yes\n1: no\nc: true\nd: 0o17\n');
    expect('value' in tree && tree.value).toEqual({ a: 'yes', 1: 'no', c: true, d: 15 });
  });

  const places: [path: Path, at: 'key' | 'value', place: string][] = [
    [['a'], 'key', '1:1'],
    [['a'], 'value', '1:1'],
    [['a', 'b'], 'value', '2:7'],
    [['a', 'b'], 'key', '2:3'],
    [['a', 'missing'], 'value', '1:1'],
    [['l', 1, 'c'], 'value', '3:13'],
    [['l', 1], 'value', '3:9'],
    [['l', 9], 'value', '3:1'],
    [['nothing'], 'value', '1:1'],
    [[], 'value', '1:1'],
  ];

  it.each(places)('with the place of %j by its %s: %s', (path, at, place) => {
    const tree = readYaml('a:\n  b:  1\nl: [x,  {c: 1}]\n');
    if ('problems' in tree) throw new TypeError('refused');
    const { line, column } = tree.positionOf({ path, at });
    expect(`${line}:${column}`).toBe(place);
  });

  it('or refused, and never fails otherwise', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '*',
      '&',
      '!',
      '%',
      '#',
      '|',
      '>',
      '?',
      '\t',
      '\0',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const tree = readYaml(pieces.join(''));
        if ('problems' in tree) for (const { line } of tree.problems) expect(line).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
