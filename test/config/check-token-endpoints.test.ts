import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { refusalsOf } from './refusals.js';

const text = (lines: string, mode = 'substitute'): string => `secrets:
  s: { from: env, name: S, hosts: [a.example.com] }
  s2: { from: env, name: S2, hosts: [a.example.com] }
policies:
  - name: api
    hosts: [a.example.com]
    inject: [{ place: header, name: authorization, template: "Bearer {s}", mode: ${mode} }]
  - name: token
    hosts: [login.example.com]
    ${lines}
`;

describe('a token endpoint is refused', () => {
  it.each([
    ['for a secret there is not', 'token_endpoint: { secret: t }', '11:31 found the unknown secret "t"'],
    [
      'to be asked for with a secret there is not',
      'token_endpoint: { secret: s, asked_with: t }',
      '11:46 found the unknown secret "t"',
    ],
    [
      'for two accounts that nothing tells apart',
      'token_endpoint: { secret: s, others: [{ secret: s, asked_with: s }] }',
      '11:5 found one of 2 accounts without "asked_with"',
    ],
    [
      'for two accounts that are told by the same secret',
      'token_endpoint: { secret: s, asked_with: s, others: [{ secret: s, asked_with: s }] }',
      '11:83 found "s", which tells an earlier account already; allowed is one secret for each',
    ],
    [
      'for another account that there is not',
      'token_endpoint: { secret: s, asked_with: s, others: [{ secret: t, asked_with: s2 }] }',
      'found the unknown secret "t"',
    ],
    ['without a secret', 'token_endpoint: {}', '11:5 "secret" is missing'],
    ['with a key it does not know', 'token_endpoint: { secret: s, grant: x }', '11:34 found the unknown key "grant"'],
    [
      'with a scope that is none',
      'token_endpoint: { secret: s, scope: "a  b" }',
      '11:41 found "a  b"; allowed is names',
    ],
    [
      'beside an injection, as nothing goes out',
      'token_endpoint: { secret: s }\n    inject: [{ place: header, name: x, template: "{s}" }]',
      '12:5 found "inject" in a policy whose requests go nowhere',
    ],
    [
      'beside a protocol that nobody reads',
      'token_endpoint: { secret: s }\n    unsafe_opaque_upgrade: true',
      '12:5 found "unsafe_opaque_upgrade" in a policy whose requests go nowhere',
    ],
    [
      'beside what only reads',
      'token_endpoint: { secret: s }\n    service: github\n    access: read-only',
      '13:5 found "access" in a policy whose requests go nowhere',
    ],
    ['for methods that ask for none', 'token_endpoint: { secret: s }\n    methods: [GET]', '12:5 found no POST'],
    [
      'in a tunnel',
      'token_endpoint: { secret: s }\n    action: tunnel',
      '11:5 found "token_endpoint" in a tunnel, which is not looked into',
    ],
  ])('%s', (_, lines, refusal) => {
    const refusals = refusalsOf(text(lines)).filter((line) => !line.includes('may not go'));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(refusal);
  });

  it('for a secret whose placeholder would be of no use anywhere', () => {
    const [refusal, ...more] = refusalsOf(text('token_endpoint: { secret: s }', 'set'));
    expect(refusal).toContain('11:31 found "s", whose placeholder no policy replaces');
    expect(more).toEqual([]);
  });
});

describe('a token endpoint', () => {
  it('may be where its secret may not go: the secret does not go there', () => {
    const config = parseConfig(`version: 1\n${text('token_endpoint: { secret: s, scope: read write }')}`, '/k.yaml');
    expect(config.policies[1]?.tokenEndpoint).toMatchObject({ secret: 's', scope: 'read write' });
    expect(config.policies[0]?.tokenEndpoint).toBeUndefined();
  });
});
