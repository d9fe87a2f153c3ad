import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

const withInject = (...entries: string[]): string[] =>
  refusalsOf(`secrets: { s: { from: env, name: S, hosts: [a.example.com] } }
policies:
  - name: p
    hosts: [a.example.com]
    inject:
${entries.map((entry) => `      - ${entry}`).join('\n')}
`);

describe('an entry of inject is refused', () => {
  it.each([
    [
      'that names an unknown secret',
      '{ place: header, name: a, template: "x {t.f}" }',
      '7:45 found the unknown secret "t"',
    ],
    ['that names no secret', '{ place: header, name: a, template: x }', '7:9 found an entry that cannot be used'],
    [
      'with a stray brace',
      '{ place: basic, username: "{", password: "{s}" }',
      '7:9 found an entry that cannot be used',
    ],
    [
      'in a field that routes',
      '{ place: header, name: Host, template: "{s}" }',
      '7:9 found an entry that cannot be used',
    ],
    ['with a mode there is not', '{ place: header, name: a, template: "{s}", mode: add }', '7:58 found "add"'],
    ['without its options', '{ place: header, name: a }', '7:9 "template" is missing'],
    [
      'with options of another place',
      '{ place: basic, username: a, password: "{s}", name: a }',
      '7:55 found the unknown key "name"',
    ],
    [
      'at a place to come',
      '{ place: query, name: a, template: "{s}" }',
      '7:18 found "query", which is not available yet',
    ],
    ['by a signer to come', '{ sign: hmac, secret: s }', '7:17 found "hmac", which is not available yet'],
  ])('%s', (_, entry, refusal) => {
    const refusals = withInject(entry);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(refusal);
  });

  it('each on its own line', () => {
    const bad = '{ place: header, name: a, template: "{t}" }';
    expect(
      withInject(bad, '{ place: header, name: b, template: "{s}" }', bad).map((line) => line.split(' ')[0]),
    ).toEqual(['7:45', '9:45']);
  });
});

describe('an entry of inject', () => {
  it.each(['set', 'substitute'])('may have the mode %s', (mode) => {
    expect(withInject(`{ place: header, name: a, template: "Bearer {s.token}", mode: ${mode} }`)).toEqual([]);
  });
});
