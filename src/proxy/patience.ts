import type { Limits } from '../core/limits.js';

/** Deadlines are looked at every so often: whose time is longer by this is cut later, and the record names the one that was waited for. */
const later = 500;

/**
 * How long nothing may move on a caller's connection while its request is served, milliseconds. A caller that is waited for has less
 * time than one that waits: that one is not cut before all that it may wait for has had its own time.
 */
export function patience(limits: Limits, waited: boolean, begun: boolean): number {
  const { requestIdleTimeout, responseIdleTimeout, responseTimeout } = limits;
  if (waited) return requestIdleTimeout;
  if (begun) return Math.max(requestIdleTimeout, responseIdleTimeout + later);
  // For a connection, and again for the answer on it.
  const steps = limits.lookupTimeout + limits.secretTimeout + limits.connectTimeout + 2 * responseTimeout;
  return Math.max(requestIdleTimeout, responseIdleTimeout, steps);
}

/** The same behind an answer: `idle` where nothing has come, `ended` where nothing is left of the request before. */
export function patienceBetween(limits: Limits, idle: boolean, ended: boolean): number {
  if (idle) return limits.keepAliveTimeout;
  return ended ? limits.headersTimeout : limits.requestIdleTimeout;
}
