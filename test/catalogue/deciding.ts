import { decisionRules } from '../../src/catalogue/decision-rules.js';
import { services } from '../../src/catalogue/services.js';
import type { Service } from '../../src/catalogue/service.js';
import { Refusal } from '../../src/core/refusal.js';
import { Decider, type DenyRule } from '../../src/policy/decide.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';
import { parseAbsoluteTarget } from '../../src/policy/target.js';

/** A policy as far as the catalogue looks at it. */
export interface Written {
  readonly name?: string;
  readonly clients?: readonly string[];
  readonly hosts: readonly string[];
  readonly service?: string;
  readonly access?: 'all' | 'read-only';
  readonly inject?: readonly unknown[];
  readonly action?: 'allow' | 'tunnel';
  readonly paths?: readonly string[];
  readonly tokenEndpoint?: { readonly secret: string };
}

/** Decides as an app does with these policies, each of which sends a credential unless it says otherwise. */
export function deciding(
  policies: readonly Written[],
  unsafeMinting: readonly string[] = [],
  deny: readonly DenyRule[] = [],
): Decider<null> {
  const complete = policies.map((policy) => ({
    name: 'all',
    clients: undefined,
    inject: [{}],
    access: 'all' as const,
    action: 'allow' as const,
    unsafeCleartext: false,
    unsafeOpaqueUpgrade: false,
    plan: null,
    ...policy,
    hosts: policy.hosts.map(parseHostPattern),
  }));
  return new Decider(decisionRules({ policies: complete, deny, unsafeMinting }));
}

/** `allowed`, or the code of the refusal. */
export function outcome(decider: Decider<null>, method: string, url: string, client = 'desk'): string {
  const { target, path } = parseAbsoluteTarget(url);
  try {
    decider.decide({ client }, target, method, path);
    return 'allowed';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

export function named(name: string): Service {
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new TypeError(name);
  return service;
}

/** Services that are always an instance of one's own have this host in the tests. */
export const ownHost = 'own.example.com';

export function hostsOf({ hosts }: Service): readonly string[] {
  return hosts.length === 0 ? [ownHost] : hosts;
}
