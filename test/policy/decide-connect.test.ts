import { describe, expect, it } from '@jest/globals';
import { parseAuthority } from '../../src/policy/authority.js';
import type { DenyRule, PolicyRule } from '../../src/policy/decide.js';
import { api, decider, deny, desk, policy, refusalOf } from './rules.js';

describe('a CONNECT', () => {
  const packages = parseAuthority('packages.example.com:443');
  const tunnel = policy('packages', { hosts: ['packages.example.com'], action: 'tunnel' });

  it.each<[string, readonly PolicyRule<string>[], readonly DenyRule[], 'intercept' | 'tunnel' | undefined, string]>([
    ['no policy', [], [], undefined, 'no_policy'],
    [
      'a policy for another client',
      [policy('p', { hosts: ['packages.example.com'], clients: ['agents'] })],
      [],
      undefined,
      'no_policy',
    ],
    [
      'a tunnel on another port',
      [policy('p', { hosts: ['packages.example.com:80'], action: 'tunnel' })],
      [],
      undefined,
      'no_policy',
    ],
    ['a deny rule for the host', [tunnel], [deny('d', { hosts: ['packages.example.com'] })], undefined, 'denied'],
    [
      'a deny rule for the host under a policy',
      [policy('p', { hosts: ['packages.example.com'] })],
      [deny('d', { hosts: ['*.example.com'] })],
      undefined,
      'denied',
    ],
    [
      'a deny rule on methods, which a tunnel hides',
      [tunnel],
      [deny('d', { hosts: ['packages.example.com'], methods: ['PUT'] })],
      'tunnel',
      'denied',
    ],
    [
      'a deny rule on paths, which a tunnel hides',
      [tunnel],
      [deny('d', { hosts: ['*.example.com'], paths: ['/a'] })],
      'tunnel',
      'denied',
    ],
    [
      'a policy first',
      [policy('p', { hosts: ['packages.example.com'], methods: ['GET'] }), tunnel],
      [],
      'intercept',
      'no_policy',
    ],
  ])('with %s opens no tunnel', (_, policies, denials, reach, code) => {
    const rules = decider(policies, denials);
    expect(rules.reach(desk, packages)).toBe(reach);
    expect(refusalOf(() => rules.decideTunnel(desk, packages)).code).toBe(code);
  });

  it.each([
    ['a tunnel first', [tunnel, policy('p', { hosts: ['packages.example.com'] })], []],
    [
      'a policy for another client first',
      [policy('p', { hosts: ['packages.example.com'], clients: ['agents'] }), tunnel],
      [],
    ],
    ['a deny rule for another client', [tunnel], [deny('d', { hosts: ['packages.example.com'], clients: ['agents'] })]],
    ['a deny rule for another host', [tunnel], [deny('d', { hosts: ['*.packages.example.com'], paths: ['/a'] })]],
  ])('with %s opens one', (_, policies, denials) => {
    const rules = decider(policies, denials);
    expect(rules.reach(desk, packages)).toBe('tunnel');
    expect(rules.decideTunnel(desk, packages)).toEqual({
      policy: 'packages',
      action: 'tunnel',
      plan: 'plan of packages',
      caller: desk,
      target: { scheme: 'https', authority: packages },
      unsafeCleartext: false,
      unsafeOpaqueUpgrade: false,
      byOperation: false,
      pending: [],
    });
  });

  it('is intercepted where a deny rule leaves a part of the host', () => {
    const rules = decider(
      [policy('p', { hosts: ['packages.example.com'] })],
      [deny('d', { hosts: ['packages.example.com'], paths: ['/a'] })],
    );
    expect(rules.reach(desk, packages)).toBe('intercept');
  });

  it('is intercepted only for hosts that some policy of some client allows', () => {
    const rules = decider([tunnel, policy('p', { hosts: ['*.github.com'], clients: ['agents'], paths: ['/a'] })]);
    expect(rules.mayIntercept(api.authority)).toBe(true);
    expect(rules.mayIntercept(packages)).toBe(false);
    expect(rules.mayIntercept(parseAuthority('github.com:443'))).toBe(false);
    expect(rules.mayIntercept(parseAuthority('api.github.com:8443'))).toBe(false);
  });
});
