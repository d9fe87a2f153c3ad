import { describe, expect, it } from '@jest/globals';
import { bodyOf, widening, type Scope } from '../../../src/secrets/github-app/scope.js';

const selected = (...repositories: object[]): object => ({ repository_selection: 'selected', repositories });
const site = { id: 1, full_name: 'acme/site' };

describe('a token that GitHub made is good for more than was asked', () => {
  it.each<[string, Scope, object]>([
    ['another permission', { permissions: { issues: 'read' } }, { permissions: { issues: 'read', contents: 'read' } }],
    ['a higher level', { permissions: { issues: 'read' } }, { permissions: { issues: 'write' } }],
    ['the highest level', { permissions: { issues: 'write' } }, { permissions: { issues: 'admin' } }],
    ['a level that is unknown', { permissions: { issues: 'admin' } }, { permissions: { issues: 'owner' } }],
    ['a level that is no text', { permissions: { issues: 'admin' } }, { permissions: { issues: null } }],
    ['metadata written', { permissions: { issues: 'read' } }, { permissions: { metadata: 'write' } }],
    ['a permission with a name of objects', { permissions: {} }, { permissions: { constructor: 'read' } }],
    ['permissions untold', { permissions: { issues: 'read' } }, {}],
    ['permissions in a list', { permissions: { issues: 'read' } }, { permissions: ['issues'] }],
    ['every repository', { repositories: ['acme/site'] }, { repository_selection: 'all', repositories: [site] }],
    ['repositories untold', { repositories: ['acme/site'] }, { repository_selection: 'selected' }],
    ['another repository', { repositories: ['acme/site'] }, selected({ id: 2, full_name: 'acme/api' })],
    ['one of the same name', { repositories: ['acme/site'] }, selected({ id: 2, full_name: 'other/site' })],
    ['one more', { repositories: ['acme/site'] }, selected(site, { id: 2, full_name: 'acme/api' })],
    ['one that is no object', { repositories: ['acme/site'] }, selected(site, [])],
    ['none', { repositories: ['acme/site'] }, selected()],
    ['another number', { repositoryIds: [1] }, selected({ id: 2, full_name: 'acme/site' })],
    ['a number as text', { repositoryIds: [1] }, selected({ id: '1' })],
  ])('by %s', (_, scope, answer) => {
    expect(widening(scope, { ...answer })).toMatch(/^it /);
  });
});

describe('a token is as asked', () => {
  it.each<[string, Scope, object]>([
    ['with nothing asked', {}, {}],
    ['with a lower level', { permissions: { issues: 'write' } }, { permissions: { issues: 'read' } }],
    ['with metadata read', { permissions: { issues: 'read' } }, { permissions: { issues: 'read', metadata: 'read' } }],
    ['with a name in another case', { repositories: ['Acme/Site'] }, selected(site)],
    ['with a name twice', { repositories: ['acme/site', 'acme/site'] }, selected(site)],
    ['by number', { repositoryIds: [1] }, selected(site)],
  ])('%s', (_, scope, answer) => {
    expect(widening(scope, { ...answer })).toBeUndefined();
  });

  it('asks by what is narrowed alone', () => {
    expect(bodyOf({})).toBe('{}');
    expect(bodyOf({ repositories: ['acme/site.js'], permissions: { issues: 'read' } })).toBe(
      '{"repositories":["site.js"],"permissions":{"issues":"read"}}',
    );
    expect(bodyOf({ repositoryIds: [1, 2] })).toBe('{"repository_ids":[1,2]}');
  });
});
