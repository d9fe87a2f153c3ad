import { indexHosts } from './host-index.js';
import type { HostPattern } from './host-pattern.js';
import type { PolicyRule } from './rule.js';

/** The names of two policies that one client can meet at one authority, where only one of them can hold. */
export interface TunnelConflict {
  readonly tunnel: string;
  readonly intercept: string;
}

type Policy = PolicyRule<unknown>;

/**
 * Every pair of a tunnel and an intercepting policy that a client and an authority can both match: a mistake in the
 * configuration, since after CONNECT it has to be known whether to look inside.
 */
export function tunnelConflicts(policies: readonly Policy[]): readonly TunnelConflict[] {
  const tunnels = policies.filter((policy) => policy.action === 'tunnel');
  const intercepts = policies.filter((policy) => policy.action === 'allow');
  const tunnelsOver = indexHosts(tunnels.map((policy) => policy.hosts));
  const interceptsOver = indexHosts(intercepts.map((policy) => policy.hosts));
  // Patterns overlap only where one covers the other, so looking each up in the other's index finds all.
  const over = tunnels.map((tunnel) => positionsOver(tunnel, interceptsOver));
  for (const [position, intercept] of intercepts.entries()) {
    for (const at of positionsOver(intercept, tunnelsOver)) over[at]?.add(position);
  }
  return tunnels.flatMap((tunnel, at) =>
    intercepts
      .filter((intercept, position) => over[at]?.has(position) === true && shareClient(tunnel, intercept))
      .map((intercept) => ({ tunnel: tunnel.name, intercept: intercept.name })),
  );
}

function positionsOver(policy: Policy, over: (pattern: HostPattern) => readonly number[]): Set<number> {
  return new Set(policy.hosts.flatMap((pattern) => over(pattern)));
}

function shareClient(tunnel: Policy, intercept: Policy): boolean {
  const a = tunnel.clients ?? intercept.clients;
  const b = intercept.clients ?? tunnel.clients;
  return a === undefined || b === undefined || a.some((client) => b.includes(client));
}
