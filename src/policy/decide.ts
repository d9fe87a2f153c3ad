import type { Authority, Caller, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import { explainRules, type Explanation } from './explain.js';
import { indexHosts } from './host-index.js';
import type { SegmentNumbers } from './path.js';
import {
  awaitsContent,
  barring,
  compileDeny,
  compilePolicy,
  holdsFor,
  test,
  type Compiled,
  type DenyRule,
  Operation,
  type PolicyRule,
  type TokenEndpoint,
} from './rule.js';

export type { Explanation } from './explain.js';
export type { DenyRule, PolicyRule, TokenEndpoint } from './rule.js';

declare const granted: unique symbol;

/** The leave to send one request, or to open one tunnel. Only a `Decider` makes one. */
export interface Grant<Plan> {
  readonly [granted]: true;
  readonly policy: string;
  readonly action: 'allow' | 'tunnel';
  readonly plan: Plan;
  readonly caller: Caller;
  readonly target: Target;
  readonly unsafeCleartext: boolean;
  readonly unsafeOpaqueUpgrade: boolean;
  /** Where there is one, the request goes nowhere. */
  readonly tokenEndpoint: TokenEndpoint | undefined;
  /** A method or path rule took part: headers that override the method or the path must be stripped. */
  readonly byOperation: boolean;
  /** Deny rules that forbid it unless its content names an action that they let through. */
  readonly pending: readonly DenyRule[];
}

/**
 * Decides by the rules of one configuration. Deny rules have no order and always win; of the policies the first that matches
 * decides; nothing matches = refused; a path rule that cannot be evaluated = refused. Compiled once: throws `UsageError` for
 * a path pattern that cannot be used, or for a tunnel with methods or paths, which nobody could check.
 */
export class Decider<Plan> {
  readonly #numbers: SegmentNumbers = new Map();
  readonly #policies: readonly Compiled<PolicyRule<Plan>>[];
  readonly #deny: readonly Compiled<DenyRule>[];
  readonly #policiesFor: (authority: Authority) => readonly number[];
  readonly #denyFor: (authority: Authority) => readonly number[];

  constructor(rules: { readonly policies: readonly PolicyRule<Plan>[]; readonly deny: readonly DenyRule[] }) {
    this.#policies = rules.policies.map((rule) => compilePolicy(rule, this.#numbers));
    this.#deny = rules.deny.map((rule) => compileDeny(rule, this.#numbers));
    this.#policiesFor = indexHosts(rules.policies.map((rule) => rule.hosts));
    this.#denyFor = indexHosts(rules.deny.map((rule) => rule.hosts));
    const unchecked = this.#policies.find(({ rule, byOperation }) => rule.action === 'tunnel' && byOperation);
    if (unchecked !== undefined) {
      throw new UsageError(
        `The policy ${JSON.stringify(unchecked.rule.name)} is a tunnel, so it cannot look at methods or paths.`,
      );
    }
  }

  /**
   * Decides one request. `rawPath` is the target in origin form as the caller sent it; a query takes no part.
   * Throws `Refusal` no_policy, denied or bad_path.
   */
  decide(caller: Caller, target: Target, method: string, rawPath: string): Grant<Plan> {
    const operation = new Operation(method, rawPath, this.#numbers);
    const { looked, pending } = this.#checkDenied(caller, target.authority, operation);
    let byOperation = looked;
    for (const position of this.#policiesFor(target.authority)) {
      const policy = this.#policies[position] as Compiled<PolicyRule<Plan>>;
      const verdict = test(policy, caller, operation);
      if (verdict !== 'client' && policy.byOperation) byOperation = true;
      if (verdict === 'match') return grant(policy.rule, { caller, target, byOperation, pending });
      if (verdict === 'ambiguous') throw ambiguous('policy', policy.rule);
    }
    throw new Refusal('no_policy', { hint: this.#nearestMiss(caller, target.authority, operation) });
  }

  /**
   * What a CONNECT may become for this caller and authority, before any request is seen. Where it is undefined,
   * and where a deny rule stands in the way of a tunnel, `decideTunnel` throws the refusal that says why.
   */
  reach(caller: Caller, authority: Authority): 'intercept' | 'tunnel' | undefined {
    if (this.#denialsOf(caller, authority).some(({ byOperation }) => !byOperation)) return undefined;
    const first = this.#firstPolicy(caller, authority);
    if (first === undefined) return undefined;
    return first.action === 'tunnel' ? 'tunnel' : 'intercept';
  }

  /** The grant of a tunnel. A deny rule on methods or paths cannot be checked inside, so it forbids. Throws no_policy or denied. */
  decideTunnel(caller: Caller, authority: Authority): Grant<Plan> {
    const [denial] = this.#denialsOf(caller, authority);
    if (denial !== undefined) throw denied(denial.rule);
    const rule = this.#firstPolicy(caller, authority);
    if (rule?.action !== 'tunnel')
      throw new Refusal('no_policy', { hint: 'No policy opens a tunnel to this host for this client.' });
    return grant(rule, { caller, target: { scheme: 'https', authority }, byOperation: false, pending: [] });
  }

  /** May any policy of any client intercept this host? Bounds the names that leaf certificates are made for. */
  mayIntercept(authority: Authority): boolean {
    return this.#policiesFor(authority).some((position) => this.#policies[position]?.rule.action === 'allow');
  }

  /** For the operator: every rule in order, why it matches or not, and which one decides. */
  explain(caller: Caller, target: Target, method: string, rawPath: string): Explanation {
    const operation = new Operation(method, rawPath, this.#numbers);
    return explainRules(this.#deny, this.#policies, { caller, target, operation, rawPath });
  }

  /** Throws where a deny rule forbids; otherwise answers whether one looked at the operation, and which still have to look at its content. */
  #checkDenied(caller: Caller, authority: Authority, operation: Operation): Looked {
    const denials = this.#denialsOf(caller, authority);
    if (denials.length === 0) return unlooked;
    const pending: DenyRule[] = [];
    const verdicts = denials.map((rule) => {
      const verdict = test(rule, caller, operation);
      if (verdict !== 'match' || !awaitsContent(rule, operation)) return verdict;
      pending.push(rule.rule);
      return 'path';
    });
    const position = barring(denials, verdicts, () => this.#answersHere(caller, authority, operation));
    const denial = denials[position];
    if (denial === undefined) return { looked: true, pending };
    throw verdicts[position] === 'match' ? denied(denial.rule) : ambiguous('deny rule', denial.rule);
  }

  /** Is the policy that decides one whose requests go nowhere? */
  #answersHere(caller: Caller, authority: Authority, operation: Operation): boolean {
    for (const position of this.#policiesFor(authority)) {
      const policy = this.#policies[position] as Compiled<PolicyRule<Plan>>;
      const verdict = test(policy, caller, operation);
      if (verdict === 'match') return policy.rule.tokenEndpoint !== undefined;
      if (verdict === 'ambiguous') return false;
    }
    return false;
  }

  /** The deny rules that hold for this caller and host, whatever the operation. */
  #denialsOf(caller: Caller, authority: Authority): readonly Compiled<DenyRule>[] {
    const positions = this.#denyFor(authority);
    return positions
      .map((position) => this.#deny[position] as Compiled<DenyRule>)
      .filter((rule) => holdsFor(rule, caller));
  }

  #firstPolicy(caller: Caller, authority: Authority): PolicyRule<Plan> | undefined {
    for (const position of this.#policiesFor(authority)) {
      const policy = this.#policies[position] as Compiled<PolicyRule<Plan>>;
      if (holdsFor(policy, caller)) return policy.rule;
    }
    return undefined;
  }

  /** For the operator: the policy that came closest to allowing it. */
  #nearestMiss(caller: Caller, authority: Authority, operation: Operation): string {
    const misses = this.#policiesFor(authority).map((position) => {
      const policy = this.#policies[position] as Compiled<PolicyRule<Plan>>;
      return { name: policy.rule.name, verdict: test(policy, caller, operation) };
    });
    for (const verdict of ['path', 'method', 'client'] as const) {
      const miss = misses.find((candidate) => candidate.verdict === verdict);
      if (miss !== undefined)
        return `The policy ${JSON.stringify(miss.name)} names this host, but not this ${verdict}.`;
    }
    return 'No policy names this host.';
  }
}

/** The refusal of what a deny rule forbids, for the operator with its name and the way out. */
export function denied({ name, builtIn }: DenyRule): Refusal {
  const forbids = `The deny rule ${JSON.stringify(name)} forbids it.`;
  return new Refusal('denied', { hint: builtIn === undefined ? forbids : `${forbids} ${builtIn.wayOut}` });
}

function ambiguous(kind: string, rule: DenyRule): Refusal {
  return new Refusal('bad_path', {
    hint: `The ${kind} ${JSON.stringify(rule.name)} looks at paths, and this one reads two ways.`,
  });
}

/** Written out: V8 gives each object that is spread and then added to a shape of its own, and all that reads it is slow. */
function grant<Plan>(rule: PolicyRule<Plan>, { caller, target, byOperation, pending }: Request): Grant<Plan> {
  return {
    policy: rule.name,
    action: rule.action,
    plan: rule.plan,
    caller,
    target,
    unsafeCleartext: rule.unsafeCleartext,
    unsafeOpaqueUpgrade: rule.unsafeOpaqueUpgrade,
    tokenEndpoint: rule.tokenEndpoint,
    byOperation,
    pending,
  } as Grant<Plan>;
}

type Request = Pick<Grant<unknown>, 'caller' | 'target' | 'byOperation' | 'pending'>;

/** No deny rule is for this caller and host. */
const unlooked: Looked = Object.freeze({ looked: false, pending: Object.freeze([]) });

interface Looked {
  readonly looked: boolean;
  readonly pending: readonly DenyRule[];
}
