import { describe, expect, it } from '@jest/globals';
import { parseAuthority } from '../../src/policy/authority.js';
import { Decider, type DenyRule, type PolicyRule } from '../../src/policy/decide.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';

const common = {
  clients: undefined,
  action: 'allow',
  unsafeCleartext: false,
  unsafeOpaqueUpgrade: false,
  plan: null,
} as const;
const hosts = [parseHostPattern('api.github.com')];

const deny: readonly DenyRule[] = [
  { name: 'no-new-keys', hosts, methods: ['POST'], paths: ['/repos/*/*/keys'] },
  { name: 'no-admin', hosts: [parseHostPattern('admin.github.com')] },
];
const policies: readonly PolicyRule<null>[] = [
  { ...common, name: 'elsewhere', hosts: [parseHostPattern('*.example.com')] },
  { ...common, name: 'agents-only', hosts, clients: ['agents'] },
  { ...common, name: 'write', hosts, methods: ['POST'] },
  { ...common, name: 'user', hosts, paths: ['/user'] },
  { ...common, name: 'read', hosts, methods: ['GET'], paths: ['/repos/**'] },
  { ...common, name: 'rest', hosts },
  { ...common, name: 'packages', hosts: [parseHostPattern('packages.test')], action: 'tunnel' },
];
const rules = new Decider({ policies, deny });

function explain(
  method: string,
  path: string,
  host = 'api.github.com',
): { outcome: string; rules: readonly string[]; path: string | undefined } {
  const authority = parseAuthority(host, 443);
  const {
    outcome,
    rules: reports,
    canonicalPath,
  } = rules.explain({ client: 'desk' }, { scheme: 'https', authority }, method, path);
  return {
    outcome,
    path: canonicalPath,
    rules: reports.map((report) => `${report.list} ${report.rule}: ${report.verdict}${report.decides ? ' *' : ''}`),
  };
}

describe('an explanation', () => {
  it('of a refusal names the deny rule, and goes on with what the policies would have said', () => {
    expect(explain('POST', '/repos/a/b/keys')).toEqual({
      outcome: 'denied',
      path: '/repos/a/b/keys',
      rules: [
        'deny no-new-keys: match *',
        'deny no-admin: host',
        'policies elsewhere: host',
        'policies agents-only: client',
        'policies write: match',
        'policies user: path',
        'policies read: method',
        'policies rest: match',
        'policies packages: host',
      ],
    });
  });

  it('of an ambiguous path names the rule that could not be evaluated', () => {
    expect(explain('POST', '/repos//keys')).toMatchObject({ outcome: 'bad_path', path: undefined });
    expect(explain('POST', '/repos//keys').rules[0]).toBe('deny no-new-keys: ambiguous *');
    expect(explain('GET', '/repos//keys').rules.filter((line) => line.endsWith('*'))).toEqual([
      'policies user: ambiguous *',
    ]);
    expect(explain('GET', '/repos//keys').outcome).toBe('bad_path');
  });

  it('of a host that no policy names has no rule that decides', () => {
    const { outcome, rules: lines } = explain('GET', '/', 'github.com');
    expect(outcome).toBe('no_policy');
    expect(lines.every((line) => line.endsWith(': host'))).toBe(true);
  });

  it('of a grant names the first policy that matches, and the path it was matched on', () => {
    expect(explain('GET', '/repos/%61?q=1')).toEqual({
      outcome: 'allow',
      path: '/repos/a',
      rules: [
        'deny no-new-keys: method',
        'deny no-admin: host',
        'policies elsewhere: host',
        'policies agents-only: client',
        'policies write: method',
        'policies user: path',
        'policies read: match *',
        'policies rest: match',
        'policies packages: host',
      ],
    });
  });

  it('of a tunnel says so', () => {
    expect(explain('GET', '/', 'packages.test').outcome).toBe('tunnel');
  });
});
