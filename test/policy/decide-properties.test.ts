import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Caller, Target } from '../../src/core/message.js';
import type { Refusal } from '../../src/core/refusal.js';
import type { DenyRule, PolicyRule } from '../../src/policy/decide.js';
import { matchesHost } from '../../src/policy/host-pattern.js';
import { canonicalPath, compilePathPattern } from '../../src/policy/path.js';
import { agents, decider, deny, desk, policy, target } from './rules.js';

describe('for any rules and any request', () => {
  const name = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const port = fc.constantFrom('', ':80');
  const host = fc.tuple(fc.constantFrom('', '*.'), name, port).map((parts) => parts.join(''));
  const clients = fc.option(fc.subarray(['desk', 'agents']), { nil: undefined });
  const methods = fc.option(fc.subarray(['GET', 'HEAD', 'POST'], { minLength: 1 }), { nil: undefined });
  const paths = fc.option(
    fc.array(fc.constantFrom('/**', '/a', '/a/*', '/a/', '/**/b'), { minLength: 1, maxLength: 2 }),
    { nil: undefined },
  );
  const parts = fc.record({ hosts: fc.array(host, { minLength: 1, maxLength: 3 }), clients, methods, paths });
  const policies = fc
    .array(fc.tuple(parts, fc.boolean()), { maxLength: 8 })
    .map((list) =>
      list.map(([written, isTunnel], at) =>
        policy(`p${at}`, isTunnel ? { ...written, methods: undefined, paths: undefined, action: 'tunnel' } : written),
      ),
    );
  const denials = fc.array(parts, { maxLength: 2 }).map((list) => list.map((written, at) => deny(`d${at}`, written)));
  const request = fc.record({
    caller: fc.constantFrom(desk, agents, { client: 'another' }),
    target: fc.tuple(name, port).map((text) => target(text.join(''))),
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'post', 'PUT'),
    path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/%61', '/c?d', '/a//b', '/../a', '/a;b'),
  });

  it('deciding by the index gives what reading the rules one by one gives, and explain says the same', () => {
    fc.assert(
      fc.property(policies, denials, request, (policyRules, denyRules, { caller, target: to, method, path }) => {
        const rules = decider(policyRules, denyRules);
        const expected = readOneByOne(policyRules, denyRules, caller, to, method, path);
        expect(outcome(() => rules.decide(caller, to, method, path).policy)).toBe(expected);
        const explained = rules.explain(caller, to, method, path);
        const action = policyRules.find((rule) => rule.name === expected)?.action;
        expect(explained.outcome).toBe(action ?? expected);
        if (action !== undefined) expect(explained.rules.find((report) => report.decides)?.rule).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('what is granted over CONNECT is never more than what is granted request by request', () => {
    fc.assert(
      fc.property(policies, denials, request, (policyRules, denyRules, { caller, target: to, method, path }) => {
        const rules = decider(policyRules, denyRules);
        const reach = rules.reach(caller, to.authority);
        const tunnelled = outcome(() => rules.decideTunnel(caller, to.authority).policy);
        const decided = outcome(() => rules.decide(caller, to, method, path).policy);
        if (reach === undefined) expect(['denied', 'no_policy', 'bad_path']).toContain(decided);
        if (tunnelled.startsWith('p')) expect([reach, decided]).toEqual(['tunnel', tunnelled]);
        if (reach === 'intercept') expect(rules.mayIntercept(to.authority)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

function outcome(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return (error as Refusal).code;
  }
}

/** The meaning of the rules, as slow and as plain as it can be said. */
function readOneByOne(
  policies: readonly PolicyRule<string>[],
  denials: readonly DenyRule[],
  caller: Caller,
  to: Target,
  method: string,
  rawPath: string,
): string {
  const canonical = canonicalPath(rawPath.split('?')[0] ?? '');
  const covers = (rule: DenyRule, asked: string): boolean =>
    rule.hosts.some((pattern) => matchesHost(pattern, to.authority)) &&
    (rule.clients?.includes(caller.client) ?? true) &&
    (rule.methods?.some((listed) => listed === asked || (listed === 'GET' && asked === 'HEAD')) ?? true);
  const onPath = (rule: DenyRule, spellings: readonly string[]): boolean =>
    rule.paths?.some((text) => spellings.some((spelling) => compilePathPattern(text)(spelling))) ?? true;
  const spellings =
    canonical === undefined ? [] : [canonical, canonical.endsWith('/') ? canonical.slice(0, -1) : `${canonical}/`];

  const relevant = denials.filter((rule) => covers(rule, method.toUpperCase()));
  if (relevant.some((rule) => rule.paths === undefined || (canonical !== undefined && onPath(rule, spellings))))
    return 'denied';
  if (relevant.length > 0 && canonical === undefined) return 'bad_path';
  for (const rule of policies.filter((candidate) => covers(candidate, method))) {
    if (rule.paths !== undefined && canonical === undefined) return 'bad_path';
    if (onPath(rule, canonical === undefined ? [] : [canonical])) return rule.name;
  }
  return 'no_policy';
}
