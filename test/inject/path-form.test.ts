import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { hasForm, parsePathForm } from '../../src/inject/path-form.js';

describe('a path template that cannot be used', () => {
  it.each([
    '',
    'bot{api}',
    '/bot',
    '/{api',
    '/',
    '//{api}',
    '/{api}/',
    '/a//{api}',
    '/../{api}',
    '/a/./{api}',
    '/*/{api}',
    '/a*{api}',
    '/a{{b}}/{api}',
    '/**',
    '/a?key={api}',
    '/a#{api}',
    '/a b/{api}',
    '/a%2Fb/{api}',
    '/%61/{api}',
    '/a;b/{api}',
    '/ä/{api}',
    '/a\\{api}',
  ])('is %j', (template) => expect(() => parsePathForm(template)).toThrow(UsageError));
});

describe('a path form', () => {
  const has = (template: string, path: string): boolean => hasForm(parsePathForm(template), path);

  it.each([
    ['/bot{api}', '/'],
    ['/bot{api}', '/bo'],
    ['/bot{api}', '/x/bot1/a'],
    ['/bot{api}', '/Bot1/a'],
    ['/file/bot{api}', '/file'],
    ['/file/bot{api}', '/files/bot1'],
    ['/a/{api}/b', '/a/1'],
    ['/a/{api}/b', '/a/1/c'],
    ['/a/x{api}x', '/a/x'],
    ['/a/{api}', '/a'],
  ])('%s does not begin %s', (template, path) => expect(has(template, path)).toBe(false));

  it.each([
    ['/bot{api}', '/bot'],
    ['/bot{api}', '/bot/getMe'],
    ['/bot{api}', '/bot1:a/getMe/x/'],
    ['/file/bot{api}', '/file/bot1/a'],
    ['/a/{api}/b', '/a/1/b'],
    ['/a/{api}/b', '/a/1/b/'],
    ['/a/x{api}x', '/a/xx'],
    ['/a/{api}', '/a/'],
    ['/{api}', '/'],
    ['/{api.id}/{api.key}', '/1/2/3'],
    ['/{api.id}:{api.key}', '/anything/a'],
  ])('%s begins %s', (template, path) => expect(has(template, path)).toBe(true));
});
