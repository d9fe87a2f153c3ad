import { describe, expect, it } from '@jest/globals';
import { differences, movedDestinations } from '../../src/config/difference.js';
import { parseConfig } from '../../src/config/load.js';

const parse = (yaml: string) => parseConfig(`version: 1\n${yaml}`, '/etc/keywright/keywright.yaml');
const between = (before: string, after: string) => differences(parse(before), parse(after));
const policy = (name: string): string => `{ name: ${name}, hosts: [a.example.com] }`;

describe('the difference between two configurations', () => {
  it.each([
    ['nothing', '', 'limits: { connections: 10000 }', []],
    [
      'an order',
      `policies: [${policy('a')}, ${policy('b')}]`,
      `policies: [${policy('b')}, ${policy('a')}]`,
      ['policies in another order'],
    ],
    [
      'one policy more in front',
      `policies: [${policy('a')}]`,
      `policies: [${policy('b')}, ${policy('a')}]`,
      ['policy b added'],
    ],
    ['a CA', 'ca: { mode: memory }', 'ca: { mode: generate, dir: ./certs }', ['ca changed']],
    ['a sink', '', 'audit: [{ type: file, dir: ./elsewhere }]', ['audit changed']],
    ['anybody', '', 'unsafe_anonymous: true', ['unsafe_anonymous changed']],
    [
      'a destination',
      'destinations: { a.example.com: { address: 127.0.0.1:1 } }',
      '',
      ['destination a.example.com:443 removed'],
    ],
    [
      'a listener',
      '',
      'listen: { proxy: ["[::1]:8700"] }',
      ['listener 127.0.0.1:8700 removed', 'listener [::1]:8700 added'],
    ],
    ['a limit', '', 'limits: { drain_delay: 5s }', ['limit drain_delay changed']],
    ['trust', '', 'upstream: { ca_file: ./roots.pem }', ['upstream changed']],
    ['a key', '', 'placeholder_key_file: ./key', ['placeholder_key_file changed']],
  ])('is told by name: %s', (_, before, after, told) => {
    expect(between(before, after)).toEqual(told);
  });

  it('never tells a value', () => {
    const before = `secrets: { api: { from: env, name: OLD_NAME, hosts: [old.example.com] } }\nclients: [{ name: desk, token_sha256: ${'ab'.repeat(32)} }]`;
    const after = before.replaceAll('old', 'new').replaceAll('OLD', 'NEW').replaceAll('ab', 'cd');
    expect(between(before, after)).toEqual(['client desk changed', 'secret api changed']);
  });

  it('that is long ends in a count: a record of the audit has only so much room', () => {
    const names = Array.from({ length: 100 }, (_, i) => policy(`p${i}`));
    const told = between('', `policies: [${names.join(', ')}]`);
    expect([told.length, told.at(-1)]).toEqual([61, 'and 40 more changes']);
  });

  it('knows the destinations that are reached in another way', () => {
    const before = 'destinations: { a.example.com: { allow_private: true }, b.example.com: { allow_private: true } }';
    const after =
      'destinations: { b.example.com: { allow_private: true }, "c.example.com:1": { allow_private: true } }';
    expect([...movedDestinations(parse(before), parse(after))]).toEqual(['a.example.com:443', 'c.example.com:1']);
  });
});
