import { describe, expect, it } from '@jest/globals';
import { defaultKey, denySection, policiesSection } from '../../src/config/schema-policies.js';

const policies = policiesSection('/etc/k');
const rule = { name: 'p', hosts: ['a.example'] };

describe('a rule is refused', () => {
  it.each([
    { name: 'p' },
    { hosts: ['a.example'] },
    { ...rule, hosts: [] },
    { ...rule, clients: [] },
    { ...rule, clients: 'a' },
    { ...rule, clients: [{ client: 'a', role: 'b' }] },
    { ...rule, methods: [] },
    { ...rule, methods: ['*'] },
    { ...rule, methods: ['get'] },
    { ...rule, methods: ['TRACE'] },
    { ...rule, methods: ['CONNECT'] },
    { ...rule, paths: [] },
    { ...rule, paths: ['a'] },
    { ...rule, paths: ['/a?b'] },
    { ...rule, paths: ['/a/../b'] },
    { ...rule, mcp: {} },
  ])('%j', (value) => {
    expect(policies.safeParse([value]).success).toBe(false);
    expect(denySection().safeParse([value]).success).toBe(false);
  });
});

describe('a policy', () => {
  it.each([{ action: 'deny' }, { inject: {} }, { rate: '1/s' }, { unsafe_opaque_upgrade: 'yes' }, { approval: 'x' }])(
    'cannot have %j',
    (value) => {
      expect(policies.safeParse([{ ...rule, ...value }]).success).toBe(false);
    },
  );

  it('allows without a credential where nothing else is said', () => {
    expect(policies.parse([rule])[0]).toMatchObject({
      name: 'p',
      clients: undefined,
      action: 'allow',
      inject: [],
      unsafeCleartext: false,
      unsafeOpaqueUpgrade: false,
      unsafeSharedSuffix: false,
    });
  });

  it('keeps methods and paths as they are written', () => {
    const [policy] = policies.parse([{ ...rule, methods: ['GET', 'PROPFIND', 'M-SEARCH'], paths: ['/**', '/a/*/b'] }]);
    expect(policy).toMatchObject({ methods: ['GET', 'PROPFIND', 'M-SEARCH'], paths: ['/**', '/a/*/b'] });
  });
});

describe('a deny rule', () => {
  it.each([{ action: 'allow' }, { inject: [] }])('cannot have %j', (value) => {
    expect(denySection().safeParse([{ ...rule, ...value }]).success).toBe(false);
  });
});

describe('the default', () => {
  it.each(['allow', 'observe', true])('cannot be %s', (value) => {
    expect(defaultKey.safeParse(value).success).toBe(false);
  });
});
