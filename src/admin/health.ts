import type { Server } from 'node:http';
import { createServer } from '../net/http.js';

export interface Health {
  readonly ready: boolean;
  readonly instance: string;
  readonly version: string;
  /** Who can read what the process holds: a sentence. */
  readonly memory: string | undefined;
  readonly listeners: readonly string[];
}

/**
 * The admin listener's first words: `GET /healthz` (the process answers) and `GET /readyz` (it takes requests; 503 while it
 * starts or drains). It lives on a unix socket of mode 0600; a web page cannot reach one, and Host is checked all the same,
 * so that nothing changes for the worse when it moves to TCP.
 */
export function createAdminServer(health: () => Health): Server {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    const state = health();
    const known = request.url === '/healthz' || request.url === '/readyz';
    const local = request.headers.host === 'localhost' && request.headers.origin === undefined;
    const status = !local
      ? 403
      : !known || request.method !== 'GET'
        ? 404
        : request.url === '/readyz' && !state.ready
          ? 503
          : 200;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(`${JSON.stringify(status === 200 || status === 503 ? state : { error: { code: 'not_found' } })}\n`);
  });
  server.maxConnections = 64;
  return server;
}
