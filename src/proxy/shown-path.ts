import type { Authority } from '../core/message.js';
import type { Injection } from '../inject/index.js';
import { indexHosts } from '../policy/host-index.js';
import type { HostPattern } from '../policy/host-pattern.js';

/** The path of a request as records and messages may have it. */
export type ShowPath = (authority: Authority, path: string) => string;

/**
 * Hides what stands in a path where a credential goes, for a host of which any policy puts one there: whoever asks, whatever is decided, and
 * where the policy waits for a placeholder too. What a caller sends at that place may be a credential of its own.
 */
export function openShowPath(
  policies: readonly { readonly hosts: readonly HostPattern[]; readonly plan: readonly Injection[] }[],
): ShowPath {
  const concealing = policies.filter(({ plan }) => plan.some(({ conceal }) => conceal !== undefined));
  if (concealing.length === 0) return (_, path) => path;
  const positionsFor = indexHosts(concealing.map(({ hosts }) => hosts));
  return (authority, path) =>
    positionsFor(authority)
      .flatMap((position) => concealing[position]?.plan ?? [])
      .reduce((shown, { conceal }) => conceal?.(shown) ?? shown, path);
}
