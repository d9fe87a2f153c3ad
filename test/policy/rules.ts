import type { Caller, Scheme, Target } from '../../src/core/message.js';
import { Refusal } from '../../src/core/refusal.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { Decider, type DenyRule, type PolicyRule } from '../../src/policy/decide.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';

export const desk: Caller = { client: 'desk' };
export const agents: Caller = { client: 'agents', subject: 'someone' };

export type Written<Rule> = Partial<Omit<Rule, 'hosts'>> & { hosts: readonly string[] };

export function policy(name: string, parts: Written<PolicyRule<string>>): PolicyRule<string> {
  const defaults = {
    name,
    clients: undefined,
    action: 'allow',
    unsafeCleartext: false,
    unsafeOpaqueUpgrade: false,
    plan: `plan of ${name}`,
  } as const;
  return { ...defaults, ...parts, hosts: parts.hosts.map(parseHostPattern) };
}

export function deny(name: string, parts: Written<DenyRule>): DenyRule {
  return { name, ...parts, hosts: parts.hosts.map(parseHostPattern) };
}

export function decider(policies: readonly PolicyRule<string>[], denials: readonly DenyRule[] = []): Decider<string> {
  return new Decider({ policies, deny: denials });
}

export function target(authority: string, scheme: Scheme = 'https'): Target {
  return { scheme, authority: parseAuthority(authority, 443) };
}

export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new TypeError('nothing was refused');
}

export const api = target('api.github.com');
