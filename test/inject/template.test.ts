import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/usage-error.js';
import { literalsIn, parseTemplate, referencesIn, render, secretsOf, valueOf } from '../../src/inject/template.js';
import { credentials } from './credentials.js';

describe('a template that is refused', () => {
  it.each([
    'Bearer {github',
    'Bearer github}',
    'Bearer {}',
    'Bearer { github }',
    'Bearer {git hub}',
    'Bearer {-github}',
    'Bearer {.token}',
    'Bearer {github.}',
    'Bearer {github.to.ken}',
    'Bearer {github}}',
    'Bearer {{github}',
    '{{{github}}',
    '{github{jira}}',
  ])('%s', (text) => {
    expect(() => parseTemplate(text)).toThrow(UsageError);
  });
});

describe('a template', () => {
  const github = { secret: 'github', field: 'value' };
  const token = { secret: 'jira', field: 'token' };

  it.each([
    ['{github}', [github]],
    ['Bearer {github}', ['Bearer ', github]],
    ['Token token="{jira.token}"', ['Token token="', token, '"']],
    ['{github}{jira.token}', [github, token]],
    ['{{github}}', ['{github}']],
    ['{{{github}}}', ['{', github, '}']],
    ['a{{b}}c', ['a{b}c']],
    ['', []],
    ['{a-b_C9.d-e_F0}', [{ secret: 'a-b_C9', field: 'd-e_F0' }]],
  ])('reads %s', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  it('knows its references, its text and its secrets, each once', () => {
    const template = parseTemplate('a {jira.user}:{jira.token} b {github}');
    expect(referencesIn(template).map(({ field }) => field)).toEqual(['user', 'token', 'value']);
    expect(literalsIn(template)).toEqual(['a ', ':', ' b ']);
    expect(secretsOf(referencesIn(template))).toEqual(['jira', 'github']);
  });

  it('gives back any text whose braces were doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const template = parseTemplate(text.replace(/[{}]/g, (brace) => brace + brace));
        expect(render(template, () => 'never')).toBe(text);
        expect(referencesIn(template)).toEqual([]);
      }),
    );
  });

  it('reads any text or refuses it as a mistake of usage', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '{{', '}}', 'github', '.', ' ', '{github}'), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        try {
          parseTemplate(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('the value behind a reference', () => {
  it('is the field of the secret', () => {
    expect(valueOf({ secret: 'jira', field: 'token' }, credentials({ jira: { token: 'the-token' } }))).toBe(
      'the-token',
    );
  });

  it('is refused where the secret has no such field', () => {
    expect(() => valueOf({ secret: 'jira', field: 'user' }, credentials({ jira: { token: 'the-token' } }))).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
  });

  it('is a bug of ours where the secret was not acquired', () => {
    expect(() => valueOf({ secret: 'jira', field: 'token' }, credentials({}))).toThrow(TypeError);
  });
});
