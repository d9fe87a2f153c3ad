import type { Caller } from '../core/message.js';

/** As much of a named source as says whose its values are. */
export interface CallerTerms {
  readonly source: { readonly keyFor?: (caller: Caller) => string; readonly onlyClient?: string | undefined };
  readonly parts?: readonly string[];
}

/** Whether values of this secret differ by caller: its own, or those of what it is made from. */
export function differsByCaller(name: string, sources: ReadonlyMap<string, CallerTerms>): boolean {
  const { source, parts = [] } = sources.get(name) ?? {};
  return source?.keyFor !== undefined || parts.some((part) => differsByCaller(part, sources));
}

/** The one client that has this secret at all; undefined where any may, or where what it is made from has not one client in common. */
export function onlyClientOf(name: string, sources: ReadonlyMap<string, CallerTerms>): string | undefined {
  const { source, parts = [] } = sources.get(name) ?? {};
  const differing = parts.filter((part) => differsByCaller(part, sources));
  const clients = new Set([
    ...(source?.keyFor === undefined ? [] : [source.onlyClient]),
    ...differing.map((part) => onlyClientOf(part, sources)),
  ]);
  const [client] = clients;
  return clients.size === 1 ? client : undefined;
}

/** Throws `secret_unavailable` where this caller, as far as is known of it, can have no value of this secret. */
export function checkCaller(name: string, sources: ReadonlyMap<string, CallerTerms>, caller: Caller): void {
  const { source, parts = [] } = sources.get(name) ?? {};
  source?.keyFor?.(caller);
  for (const part of parts) checkCaller(part, sources, caller);
}
