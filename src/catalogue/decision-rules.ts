import type { HostPattern } from '../policy/host-pattern.js';
import type { DenyRule } from '../policy/rule.js';
import { mintingRules } from './minting-rules.js';
import { readOnlyOf, readsOf } from './read-only.js';
import { serviceNamed } from './service-named.js';
import { services } from './services.js';

/** What the catalogue looks at in a policy. */
export interface PolicyOfService {
  readonly clients: readonly string[] | undefined;
  readonly hosts: readonly HostPattern[];
  readonly inject: readonly unknown[];
  /** The service that its hosts are of. */
  readonly service?: string | undefined;
  /** `read-only`: what the service's reviewed list allows, in place of methods and paths of the policy's own. */
  readonly access: 'all' | 'read-only';
}

interface Written<Policy> {
  readonly policies: readonly Policy[];
  readonly deny: readonly DenyRule[];
  /** Services, and single rules of services, whose new credentials are let through. */
  readonly unsafeMinting: readonly string[];
}

/** The rules to decide by: what is written in the configuration, and what follows from the services it names. */
export function decisionRules<Policy extends PolicyOfService>({ policies, deny, unsafeMinting }: Written<Policy>) {
  const giving = policies.filter(({ inject }) => inject.length > 0);
  return {
    policies: policies.flatMap(spellOut),
    deny: [...deny, ...mintingRules(giving, services, unsafeMinting)],
  };
}

/** The names of the rules on new credentials that hold somewhere with these policies. */
export function guardingRules<Policy extends PolicyOfService>(written: Written<Policy>): readonly string[] {
  const names = decisionRules({ ...written, deny: [] }).deny.map(({ name }) => name.replace(/^catalogue /, ''));
  return [...new Set(names)];
}

/**
 * The policies that one of the configuration stands for, under its name: itself, or one for each list of its service's read-only
 * variant. Without a variant it allows nothing: the configuration was checked for that before.
 */
function spellOut<Policy extends PolicyOfService>(policy: Policy): readonly Policy[] {
  if (policy.access === 'all') return [policy];
  const service = policy.service === undefined ? undefined : serviceNamed(policy.service);
  const variant = service === undefined ? undefined : readOnlyOf(service);
  if (variant === undefined || 'none' in variant) return [];
  return readsOf(variant).map((reads) => ({ ...policy, ...reads }));
}
