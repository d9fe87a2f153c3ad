import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/usage-error.js';
import { compilePathPattern } from '../../src/policy/path.js';
import { leastCpu } from '../support/cpu-time.js';

describe('a path pattern is refused', () => {
  it.each([
    ['', 'it does not begin with a slash'],
    ['repos', 'it does not begin with a slash'],
    ['**', 'it does not begin with a slash'],
    ['/a//b', 'it holds an empty segment'],
    ['//', 'it holds an empty segment'],
    ['/a*', 'an asterisk stands for a whole segment'],
    ['/*.json', 'an asterisk stands for a whole segment'],
    ['/***', 'an asterisk stands for a whole segment'],
    ['/a/../b', 'it holds something that servers read in different ways'],
    ['/a/./b', 'it holds something that servers read in different ways'],
    ['/a%2Fb', 'it holds something that servers read in different ways'],
    ['/a;b', 'it holds something that servers read in different ways'],
    ['/a?b', 'it holds something that servers read in different ways'],
    ['/a b', 'it holds something that servers read in different ways'],
    ['/ü', 'it holds something that servers read in different ways'],
    ['/a%', 'it holds something that servers read in different ways'],
  ])('%j: %s', (text, reason) => {
    expect(() => compilePathPattern(text)).toThrow(UsageError);
    expect(() => compilePathPattern(text)).toThrow(
      `The path pattern ${JSON.stringify(text)} cannot be used: ${reason}`,
    );
  });
});

describe('a path pattern matches whole segments', () => {
  it.each([
    ['/', '/', true],
    ['/', '/a', false],
    ['/user', '/user', true],
    ['/user', '/User', false],
    ['/user', '/user/', false],
    ['/user', '/users', false],
    ['/user', '/user/keys', false],
    ['/user/', '/user/', true],
    ['/user/', '/user', false],
    ['/a%3ab', '/a:b', true],
    ['/%c3%bc', '/%C3%BC', true],
    ['/%2A', '/*', true],
    ['/%2A', '/a', false],
    ['/*', '/a', true],
    ['/*', '/', false],
    ['/*', '/a/', false],
    ['/*', '/a/b', false],
    ['/*/', '/a/', true],
    ['/repos/*/*/keys', '/repos/acme/site/keys', true],
    ['/repos/*/*/keys', '/repos/acme/keys', false],
    ['/repos/*/*/keys', '/repos/acme//keys', false],
    ['/repos/*/*/keys', '/repos/acme/site/keys/1', false],
    ['/repos/**', '/repos', true],
    ['/repos/**', '/repos/', true],
    ['/repos/**', '/repos/a', true],
    ['/repos/**', '/repos/a/b/', true],
    ['/repos/**', '/repositories', false],
    ['/repos/**', '/Repos/a', false],
    ['/repos/**', '/x/repos/a', false],
    ['/**', '/', true],
    ['/**', '/a/b', true],
    ['/**/keys', '/keys', true],
    ['/**/keys', '/a/b/keys', true],
    ['/**/keys', '/a/b/keys/', false],
    ['/**/keys', '/a/bkeys', false],
    ['/a/**/b/**/c', '/a/b/c', true],
    ['/a/**/b/**/c', '/a/x/b/b/y/c/c', true],
    ['/a/**/b/**/c', '/a/c/b', false],
    ['/**/*', '/', false],
    ['/**/*', '/a', true],
    ['/**/**', '/a', true],
    ['/**/a/*/b', '/a/a/x/b', true],
    ['/**/a/*/b', '/a/x/a/b', false],
  ])('%s on %s: %s', (text, canonical, expected) => {
    expect(compilePathPattern(text)(canonical)).toBe(expected);
  });

  it('as a plain recursive reading of the pattern does', () => {
    const segment = fc.constantFrom('a', 'b', '');
    const patternSegment = fc.constantFrom('a', 'b', '*', '**');
    fc.assert(
      fc.property(
        fc.array(patternSegment, { minLength: 1, maxLength: 6 }),
        fc.array(segment, { minLength: 1, maxLength: 7 }),
        (pattern, segments) => {
          expect(compilePathPattern(`/${pattern.join('/')}`)(`/${segments.join('/')}`)).toBe(reads(pattern, segments));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('in time that grows with the path, not with the ways to read it', () => {
    const match = compilePathPattern(`${'/**/a'.repeat(30)}/b`);
    const taken = leastCpu(() => expect(match('/a'.repeat(20_000))).toBe(false), 1);
    // Some milliseconds; backtracking over thirty wildcards would outlive the machine.
    expect(taken).toBeLessThan(5_000_000);
  });
});

function reads(pattern: readonly string[], segments: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return segments.length === 0;
  if (first === '**') return segments.some((_, at) => reads(rest, segments.slice(at))) || reads(rest, []);
  const [segment, ...others] = segments;
  if (segment === undefined) return false;
  return (first === '*' ? segment !== '' : first === segment) && reads(rest, others);
}
