import { describe, expect, it } from '@jest/globals';
import { encoded, namespaceOption, pathOption, withData } from '../../../src/secrets/vault/path.js';
import { kv2PathOf } from '../../../src/secrets/vault/reading.js';

describe('a path', () => {
  it.each([
    '',
    '/kv/x',
    'kv/x/',
    'kv//x',
    'kv/../sys',
    'kv/./x',
    'kv/x.',
    'kv/x?version=1',
    'kv/x#y',
    'kv\\x',
    'kv/x\n',
    'kv/x\u007f',
    'kv/*',
    'kv/+/x',
    'kv/{{identity}}',
    'kv/\ud800',
    'v1/kv/data/x',
  ])('is refused: %j', (path) => {
    expect(pathOption.safeParse(path).success).toBe(false);
  });

  it.each([
    ['kv/data/jira', 'kv/data/jira'],
    ['kv/a b/ü', 'kv/a%20b/%C3%BC'],
    ['kv/%2e%2e/x', 'kv/%252e%252e/x'],
    ["kv/a=b&c'(d)!;e", 'kv/a%3Db%26c%27%28d%29%21%3Be'],
    ['kv/...x', 'kv/...x'],
  ])('%j is asked for as %s', (path, target) => {
    expect(encoded(pathOption.parse(path))).toBe(target);
  });
});

describe('a namespace', () => {
  it.each(['', '/a', 'a//b', '../a', 'a/..', 'a b', 'a\r\nx: y'])('is refused: %j', (text) => {
    expect(namespaceOption.safeParse(text).success).toBe(false);
  });

  it.each(['a', 'team-a/ci', 'team-a/ci/'])('is taken: %j', (text) => {
    expect(namespaceOption.parse(text)).toBe(text);
  });
});

describe('the path that KV version 2 is read by', () => {
  it.each([
    ['kv/jira', 'kv/data/jira'],
    ['kv/data/jira', 'kv/data/jira'],
    ['kv/data', 'kv/data/data'],
    ['kv/a/data', 'kv/data/a/data'],
    ['team/kv/data/jira', 'team/kv/data/jira'],
  ])('of %s is %s', (path, expected) => {
    expect(kv2PathOf(path)).toBe(expected);
  });

  it('has data after the mount, however long that is', () => {
    expect(withData('team/kv/a/b', 'team/kv')).toBe('team/kv/data/a/b');
    expect(withData('team/kv/data/b', 'team/kv')).toBe('team/kv/data/b');
  });
});
