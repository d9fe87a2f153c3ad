import { describe, expect, it, jest } from '@jest/globals';
import type { SegmentNumbers } from '../../src/policy/path.js';
import {
  compileDeny,
  compilePolicy,
  holdsFor,
  Operation,
  test,
  withoutQuery,
  type DenyRule,
  type Verdict,
} from '../../src/policy/rule.js';

const caller = { client: 'desk' };

function rule(parts: Partial<DenyRule>): DenyRule {
  return { name: 'rule', hosts: [], ...parts };
}

function verdict(parts: Partial<DenyRule>, lenient: boolean, method: string, path: string): Verdict {
  const numbers: SegmentNumbers = new Map();
  const policy = {
    ...rule(parts),
    clients: parts.clients,
    action: 'allow',
    unsafeCleartext: false,
    unsafeOpaqueUpgrade: false,
    plan: null,
  } as const;
  const compiled = lenient ? compileDeny(rule(parts), numbers) : compilePolicy(policy, numbers);
  return test(compiled, caller, new Operation(method, path, numbers));
}

describe('a condition', () => {
  it.each([
    ['another client', { clients: ['agents'] }, 'GET', '/', 'client'],
    ['no client at all', { clients: [] }, 'GET', '/', 'client'],
    ['another method', { methods: ['POST'] }, 'GET', '/', 'method'],
    ['no method at all', { methods: [] }, 'GET', '/', 'method'],
    ['HEAD alone, asked for GET', { methods: ['HEAD'] }, 'GET', '/', 'method'],
    ['another path', { paths: ['/a', '/b'] }, 'GET', '/c', 'path'],
    ['no path at all', { paths: [] }, 'GET', '/', 'path'],
    ['a path that reads two ways', { paths: ['/**'] }, 'GET', '/a/../b', 'ambiguous'],
    ['OPTIONS in asterisk form', { paths: ['/**'] }, 'OPTIONS', '*', 'ambiguous'],
    ['another client, whatever the path', { clients: ['agents'], paths: ['/**'] }, 'GET', '//', 'client'],
    ['another method, whatever the path', { methods: ['POST'], paths: ['/**'] }, 'GET', '//', 'method'],
    ['no condition', {}, 'GET', '//', 'match'],
    ['this client', { clients: ['agents', 'desk'] }, 'GET', '/', 'match'],
    ['GET, asked for HEAD', { methods: ['GET'] }, 'HEAD', '/', 'match'],
    ['the second path', { paths: ['/a', '/b'] }, 'GET', '/b', 'match'],
    ['a path with a query', { paths: ['/a'] }, 'GET', '/a?x=/../;//', 'match'],
  ])('%s', (_, parts, method, path, expected) => {
    expect(verdict(parts, false, method, path)).toBe(expected);
    expect(verdict(parts, true, method, path)).toBe(expected);
  });

  it.each([
    ['the same', 'POST', '/keys', 'match', 'match'],
    ['a method in lower case', 'post', '/keys', 'method', 'match'],
    ['a trailing slash', 'POST', '/keys/', 'path', 'match'],
    ['an encoded letter', 'POST', '/%6Beys', 'match', 'match'],
    ['two trailing slashes', 'POST', '/keys//', 'ambiguous', 'ambiguous'],
    ['another case of the path', 'POST', '/Keys', 'path', 'path'],
  ])(
    '%s: a deny rule takes for the same what a lenient server does, a policy does not',
    (_, method, path, allow, deny) => {
      const parts = { methods: ['POST'], paths: ['/keys'] };
      expect(verdict(parts, false, method, path)).toBe(allow);
      expect(verdict(parts, true, method, path)).toBe(deny);
    },
  );

  it('of a deny rule with a trailing slash holds without it too', () => {
    expect(verdict({ paths: ['/admin/'] }, true, 'GET', '/admin')).toBe('match');
    expect(verdict({ paths: ['/admin/'] }, true, 'GET', '/administrator')).toBe('path');
    expect(verdict({ paths: ['/'] }, true, 'GET', '/')).toBe('match');
  });

  it('of a deny rule means a method however it is written', () => {
    expect(verdict({ methods: ['post'] }, true, 'POST', '/')).toBe('match');
    expect(verdict({ methods: ['get'] }, true, 'HEAD', '/')).toBe('match');
    expect(verdict({ methods: ['post'] }, false, 'POST', '/')).toBe('method');
  });

  it('knows whom it holds for, and whether it looks at the operation', () => {
    const compiled = (parts: Partial<DenyRule>) => compileDeny(rule(parts), new Map());
    expect(holdsFor(compiled({ clients: ['agents'] }), caller)).toBe(false);
    expect(holdsFor(compiled({ clients: ['desk'] }), caller)).toBe(true);
    expect(holdsFor(compiled({}), caller)).toBe(true);
    expect(compiled({ clients: ['desk'] }).byOperation).toBe(false);
    expect(compiled({ methods: ['GET'] }).byOperation).toBe(true);
    expect(compiled({ paths: ['/**'] }).byOperation).toBe(true);
  });
});

describe('an operation', () => {
  const numbers: SegmentNumbers = new Map([
    ['a', 1],
    ['b', 2],
  ]);

  it('has the segments of the canonical path, without the query', () => {
    expect(new Operation('GET', '/%61/b/?c', numbers).segments).toEqual([1, 2, 0]);
    expect(new Operation('GET', '/', numbers).segments).toEqual([0]);
    expect(new Operation('GET', '/x/b', numbers).segments).toEqual([-1, 2]);
    expect(new Operation('GET', '/a;b', numbers).segments).toBeUndefined();
  });

  it('reads the path once', () => {
    const operation = new Operation('GET', '/a/b', numbers);
    expect(operation.segments).toBe(operation.segments);
  });

  it('works out only once, too, that a path has too many readings', () => {
    const operation = new Operation('GET', `/..;b/x%2Fx%2F${'%EF%B7%BA'.repeat(330)}`, numbers);
    const normalize = jest.spyOn(String.prototype, 'normalize');
    expect(operation.readings).toBeUndefined();
    const once = normalize.mock.calls.length;
    expect(operation.readings).toBeUndefined();
    const twice = normalize.mock.calls.length;
    normalize.mockRestore();
    expect(once).toBeGreaterThan(0);
    expect(twice).toBe(once);
  });

  it('ends at the first question mark', () => {
    expect(withoutQuery('/a?b?c')).toBe('/a');
    expect(withoutQuery('/a?')).toBe('/a');
    expect(withoutQuery('/a')).toBe('/a');
  });
});
