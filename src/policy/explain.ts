import type { Caller, Target } from '../core/message.js';
import { matchesHost } from './host-pattern.js';
import { canonicalPath } from './path.js';
import {
  barring,
  test,
  withoutQuery,
  type Compiled,
  type DenyRule,
  type Operation,
  type PolicyRule,
  type Verdict,
} from './rule.js';

/** Why one rule matches a request or not. */
export interface RuleReport {
  readonly list: 'deny' | 'policies';
  readonly rule: string;
  readonly verdict: Verdict | 'host';
  /** This rule made the outcome. */
  readonly decides: boolean;
}

export interface Explanation {
  /** The action of the policy that decides, or the code of the refusal. */
  readonly outcome: 'allow' | 'tunnel' | 'denied' | 'bad_path' | 'no_policy';
  /** The path in the form that patterns are matched on; undefined where it reads in more than one way. */
  readonly canonicalPath: string | undefined;
  /** Every rule of the configuration, deny rules first, each list in its own order. */
  readonly rules: readonly RuleReport[];
  /** What would allow it, where a built-in rule forbids it. */
  readonly wayOut: string | undefined;
}

interface Question {
  readonly caller: Caller;
  readonly target: Target;
  readonly operation: Operation;
  readonly rawPath: string;
}

/** Tries every rule, without the index that deciding uses, and comes to the same outcome. */
export function explainRules(
  deny: readonly Compiled<DenyRule>[],
  policies: readonly Compiled<PolicyRule<unknown>>[],
  question: Question,
): Explanation {
  const denials = deny.map((entry) => verdictOf(entry, question));
  const verdicts = policies.map((entry) => verdictOf(entry, question));
  const first = verdicts.findIndex((verdict) => verdict === 'match' || verdict === 'ambiguous');
  const forbidding = barring(deny, denials, () => answersHere(policies[first], verdicts[first]));
  const deciding = forbidding >= 0 ? -1 : first;
  return {
    outcome: outcomeOf(denials[forbidding] ?? verdicts[deciding], policies[deciding]?.rule.action),
    canonicalPath: canonicalPath(withoutQuery(question.rawPath)),
    wayOut: deny[forbidding]?.rule.builtIn?.wayOut,
    rules: [...reports('deny', deny, denials, forbidding), ...reports('policies', policies, verdicts, deciding)],
  };
}

function answersHere(
  policy: Compiled<PolicyRule<unknown>> | undefined,
  verdict: RuleReport['verdict'] | undefined,
): boolean {
  return verdict === 'match' && policy?.rule.tokenEndpoint !== undefined;
}

function verdictOf(compiled: Compiled<DenyRule>, question: Question): RuleReport['verdict'] {
  if (!compiled.rule.hosts.some((pattern) => matchesHost(pattern, question.target.authority))) return 'host';
  return test(compiled, question.caller, question.operation);
}

function outcomeOf(
  decisive: RuleReport['verdict'] | undefined,
  action: 'allow' | 'tunnel' | undefined,
): Explanation['outcome'] {
  if (decisive === undefined) return 'no_policy';
  return decisive === 'ambiguous' ? 'bad_path' : (action ?? 'denied');
}

function reports(
  list: RuleReport['list'],
  rules: readonly Compiled<DenyRule>[],
  verdicts: readonly RuleReport['verdict'][],
  decisive: number,
): readonly RuleReport[] {
  return rules.map(({ rule }, index) => ({
    list,
    rule: rule.name,
    verdict: verdicts[index] ?? 'host',
    decides: index === decisive,
  }));
}
