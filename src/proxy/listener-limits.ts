import type { Server } from 'node:http';
import type { Limits } from '../core/limits.js';

/**
 * The limits that the server itself keeps, set anew whenever the configuration changes; they hold for the connections and
 * requests that begin from then on.
 */
export function limitListener(server: Server & { maxHeaderSize?: number }, limits: Limits): void {
  server.maxHeaderSize = limits.headerBytes;
  server.headersTimeout = limits.headersTimeout;
  server.keepAliveTimeout = limits.keepAliveTimeout;
  server.maxConnections = limits.connections;
  server.timeout = Math.max(limits.requestIdleTimeout, limits.responseIdleTimeout);
}
