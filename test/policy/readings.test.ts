import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { loosestReading, pathReadings } from '../../src/policy/readings.js';
import { agents, decider, deny, desk, policy, refusalOf, target } from './rules.js';
import { leastCpu } from '../support/cpu-time.js';

const host = 'api.example.com';
const builtIn = { wayOut: 'Say so.' };

describe('the readings of a path', () => {
  it.each([
    ['%2f too often', `/${'a%2f'.repeat(7)}`],
    ['a dot segment with a parameter', '/a/..;b/keys'],
    ['a backslash', '/a%5ckeys'],
    ['an escape that is escaped', '/a%252fkeys'],
    ['a dot segment', '/a/../keys'],
    ['a dot segment behind an encoded slash', '/a%2f..%2fkeys'],
    ['a control character', '/keys%00'],
    ['broken UTF-8', '/%ff'],
    ['a disguised slash', '/a%EF%BC%8Fkeys'],
    ['no slash at its beginning', 'keys'],
  ])('cannot be counted: %s', (_, path) => expect(pathReadings(path)).toBeUndefined());

  it.each([
    ['/Repos/ACME/x', ['/repos/acme/x']],
    ['/a/%6beys', ['/a/keys']],
    ['//a///b', ['/a/b']],
    ['/keys.json', ['/keys']],
    ['/keys.XML/', ['/keys/']],
    ['/keys.jsonl', ['/keys.jsonl']],
    ['/a;b=1/keys', ['/a/keys', '/a%7cb=1/keys']],
    ['/a%2Fb', ['/a/b', '/a%7cb']],
    ['/a%2f%2Fb/c', ['/a/b/c', '/a/%7cb/c', '/a%7c/b/c', '/a%7c%7cb/c']],
  ])('%s is %j', (path, readings) => expect(pathReadings(path)).toEqual(readings));
});

describe('the loosest reading of a path', () => {
  it.each([
    ['/A%2Fb', '/a/b'],
    ['/repos/a/%256Beys', '/repos/a/keys'],
    ['/%25256beys', '/keys'],
    ['/caf%E9/100%', '/caf\u00e9/100%'],
  ])('holds what stands in any of them: %s', (path, loosest) => expect(loosestReading(path)).toBe(loosest));
});

describe('a built-in deny rule', () => {
  const rules = decider(
    [policy('all', { hosts: [host] })],
    [deny('catalogue x: keys', { hosts: [host], methods: ['POST'], paths: ['/Repos/*/*/keys'], builtIn })],
  );
  const tried = (method: string, path: string) => refusalOf(() => rules.decide(desk, target(host), method, path));

  it.each([
    '/repos/a/b/keys',
    '/repos/a/b/keys/',
    '/repos/a/b/keys?x=1',
    '/repos/a/b/KEYS',
    '/REPOS/a/b/keys',
    '//repos/a//b/keys',
    '/repos/a/b/%6Beys',
    '/repos/a/b/keys.json',
    '/repos/a%2Fb/keys',
    '/repos/a/b%2Fkeys',
    '/%2Frepos%2Fa%2Fb%2Fkeys',
    '/repos/group%2Fa/b/keys',
    '/repos/a/b/keys;v=1',
    '/repos/a;v=1/b/keys.json;x',
  ])('forbids what a server may take for the path it names: %s', (path) => {
    expect(tried('POST', path)).toMatchObject({
      code: 'denied',
      hint: expect.stringContaining(builtIn.wayOut),
    });
    expect(tried('post', path).code).toBe('denied');
  });

  it.each([
    '/repos/a/b/x/../keys',
    '/repos/a/b%5Ckeys',
    '/repos/a/b/keys%2500',
    '/repos/a/b%252fkeys',
    `/repos/a/b/keys/${'a%2F'.repeat(30)}`,
    `/repos/${'a'.repeat(70_000)}/b/keys`,
    `/repos/a%2Fb%2F${'c/'.repeat(4500)}keys`,
    `/${'%252541'.repeat(1200)}`,
  ])('refuses what reads in ways that it cannot count: %s', (path) =>
    expect(tried('POST', path).code).toBe('bad_path'),
  );

  it.each([
    ['GET', '/repos/a/b/keys'],
    ['GET', '/repos/a/b/keys;v=1'],
    ['DELETE', '/repos/a/b/keys/1'],
    ['POST', '/repos/a/b/issues'],
    ['POST', '/repos/a%2Fb/issues'],
    ['POST', '/repos/a/b/contents/src%2Fkeys'],
    ['POST', `/repos/a/b/contents/${'src%2F'.repeat(30)}a.ts`],
    ['POST', '/repos/a/b/contents/what%3F%25%3B%5C.md'],
    ['POST', '/files/caf%E9'],
    ['POST', `/${'a%2Fb;c/'.repeat(8000)}`],
    ['POST', `/${'%252541'.repeat(1000)}`],
  ])('leaves the rest alone, names with slashes in them too: %s %s', (method, path) => {
    expect(rules.decide(desk, target(host), method, path).policy).toBe('all');
  });

  it('has headers that override the method stripped, by taking part', () => {
    expect(rules.decide(desk, target(host), 'GET', '/').byOperation).toBe(true);
  });

  it('tells the way out in an explanation', () => {
    expect(rules.explain(desk, target(host), 'POST', '/repos/a/b/keys')).toMatchObject({
      outcome: 'denied',
      wayOut: builtIn.wayOut,
    });
    expect(rules.explain(desk, target(host), 'GET', '/repos/a/b/keys').wayOut).toBeUndefined();
  });
});

describe('a built-in deny rule that lets some actions through', () => {
  const harmless = { ...builtIn, unless: ['GetCallerIdentity'] };
  const rules = decider(
    [policy('all', { hosts: [host] })],
    [
      deny('catalogue x/sts', { hosts: [host], paths: ['/**'], builtIn: harmless }),
      deny('own', { hosts: [host], clients: ['agents'], methods: ['POST'] }),
    ],
  );
  const tried = (method: string, path: string, caller = desk) =>
    refusalOf(() => rules.decide(caller, target(host), method, path)).code;

  it.each([
    ['GET', '/'],
    ['post', '/'],
    ['PUT', '/'],
    ['POST', '//'],
    ['POST', '/.'],
    ['POST', '/?'],
    ['POST', '/?Action=GetCallerIdentity'],
    ['POST', '/%2F'],
    ['POST', '/a'],
  ])('forbids what its content does not tell: %s %s', (method, path) => {
    expect(['denied', 'bad_path']).toContain(tried(method, path));
  });

  it('is left to the content of a POST to the root, and named by the grant until it was looked at', () => {
    const { pending, byOperation } = rules.decide(desk, target(host), 'POST', '/');
    expect([pending.map(({ name }) => name), byOperation]).toEqual([['catalogue x/sts'], true]);
  });

  it('does not stand in for another rule, or open a tunnel', () => {
    expect(tried('POST', '/', agents)).toBe('denied');
    const tunnel = decider(
      [policy('t', { hosts: [host], action: 'tunnel' })],
      [deny('catalogue x/sts', { hosts: [host], paths: ['/**'], builtIn: harmless })],
    );
    expect(refusalOf(() => tunnel.decideTunnel(desk, target(host).authority)).code).toBe('denied');
  });

  it('is explained as one that denies, with the way out', () => {
    expect(rules.explain(desk, target(host), 'POST', '/')).toMatchObject({ outcome: 'denied', wayOut: builtIn.wayOut });
  });
});

/** With a wide margin, as machines that run tests are slow: without the limits it would be many times as much. */
describe('a hostile path', () => {
  const named = '/repos/keys/';
  const rules = decider(
    [policy('all', { hosts: [host] })],
    [deny('x', { hosts: [host], paths: ['/repos/*/*/keys', '/**/repos/*/keys/**', '/repos/**/keys'], builtIn })],
  );
  /** Whether it passes or not. */
  const decide = (path: string): void => {
    try {
      rules.decide(desk, target(host), 'POST', path);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
    }
  };
  it.each([
    ['encoded slashes and parameters', named + 'x%2F'.repeat(5) + 'a;b/'.repeat(115)],
    ['as many as are counted', named + 'x%2F'.repeat(6) + 'a/'.repeat(115)],
    ['more encoded slashes than are counted', named + 'x%2F'.repeat(12) + 'a/'.repeat(2000)],
    ['more characters than are counted', named + 'x%2F'.repeat(6) + 'a;b/'.repeat(2000)],
    ['characters that become eighteen', named + 'x%2Fx%2Fx%2F' + '%EF%B7%BA'.repeat(215)],
    ['percent signs of percent signs', named + '%252541'.repeat(1150)],
    ['percent signs of percent signs, and long', named + '%2525'.repeat(12_000)],
    ['encoded characters, and long', named + '%41'.repeat(20_000)],
    ['thousands of encoded slashes', named + 'a%2F'.repeat(15_000)],
    ['dot segments', named + '%2e%2e/'.repeat(8000)],
    ['spaces', `${named}${'%20'.repeat(20_000)}.`],
  ])('costs the rules little: %s', (_, path) => {
    expect(leastCpu(() => decide(path))).toBeLessThan(15_000);
  });
});
