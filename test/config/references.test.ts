import { describe, expect, it } from '@jest/globals';
import { isTemplate, secretsIn } from '../../src/config/references.js';
import { randomPlaceholders } from '../../src/inject/placeholder.js';
import { placeKinds } from '../../src/inject/registry.js';
import { parseTemplate, referencesIn } from '../../src/inject/template.js';

const basic = placeKinds.find(({ kind }) => kind === 'basic');

describe('the secrets that options name', () => {
  it.each([
    ['{a}', ['a']],
    ['x {a.token} y {b}', ['a', 'b']],
    ['{{a}} {b}', ['b']],
    ['{{{a}}}', ['a']],
    ['{a-b_9}{a-b_9.c}', ['a-b_9', 'a-b_9']],
  ])('%s are those that the place takes from them', (password, secrets) => {
    const options = { username: 'x', password };
    expect(secretsIn(options).map(({ option, secret }) => ({ option, secret }))).toEqual(
      secrets.map((secret) => ({ option: 'password', secret })),
    );
    // As the request reads them.
    const read = referencesIn(parseTemplate(password));
    expect(secretsIn(options).map(({ secret, field }) => ({ secret, field }))).toEqual(read);
    const placeholders = randomPlaceholders([], new Map());
    const taken = basic?.make(options as never, { mode: 'set', placeholders }).secrets ?? [];
    expect(new Set(taken)).toEqual(new Set(secrets));
  });

  it('are none where options are no text', () => {
    expect(secretsIn({ a: 1, b: ['{x}'] })).toEqual([]);
  });
});

describe('the braces of a template', () => {
  it.each(['', 'x', '{s}', 'x {s.tls-crt} {{y}}', '{{{s}}}', '}}{{'])(
    'may be those of %j, as the places have it',
    (text) => {
      expect(isTemplate(text)).toBe(true);
      expect(() => parseTemplate(text)).not.toThrow();
    },
  );

  it.each(['{', '}', '{s', '{}', '{s.a.b}', '{{s}', '{s}}', '{-s}', '{ s }', '{{{{{'])(
    'are not those of %j',
    (text) => {
      expect(isTemplate(text)).toBe(false);
      expect(() => parseTemplate(text)).toThrow();
    },
  );
});
