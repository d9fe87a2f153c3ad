import { describe, expect, it } from '@jest/globals';
import { openShowPath } from '../../src/proxy/shown-path.js';
import type { Plan } from '../../src/proxy/services.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';

const hiding = (text: string): Plan[number] => ({
  mode: 'set',
  place: 'path',
  fields: [],
  secrets: [],
  wants: () => false,
  inject: () => [],
  conceal: (path) => path.replaceAll(text, '*'),
});
const plain = { ...hiding(''), conceal: undefined } as unknown as Plan[number];
const policy = (host: string, ...plan: Plan[number][]) => ({ hosts: [parseHostPattern(host)], plan });
const show = openShowPath([
  policy('a.test', hiding('one')),
  policy('b.test', plain),
  policy('*.test', plain, hiding('two'), hiding('three')),
]);
const shown = (host: string): string => show(parseAuthority(host, 443), '/one/two/three/four');

describe('a path that is shown', () => {
  it.each([
    ['a.test', '/*/*/*/four'],
    ['b.test', '/one/*/*/four'],
    ['a.test:8443', '/one/two/three/four'],
    ['test', '/one/two/three/four'],
  ])('is without what any policy of its host hides: %s', (host, expected) => expect(shown(host)).toBe(expected));

  it('is whole where nothing hides anything', () => {
    expect(openShowPath([policy('a.test', plain)])(parseAuthority('a.test', 443), '/one')).toBe('/one');
  });
});
