/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type { Router } from './route.cjs';

/**
 * Loaded into every Node process under `keywright run` by NODE_OPTIONS=--require: Node 20 ignores HTTPS_PROXY altogether, and later
 * versions ignore it for private agents. It holds no secret, and where the way through the proxy is closed, requests fail.
 * Not reached: http2.connect, tls.connect and net.connect called directly, and a dispatcher or agent that the program brings itself.
 */
const { readRouter } = require('./route.cjs') as { readRouter: (environment: NodeJS.ProcessEnv) => Router };
const { proxyAgents } = require('./agents.cjs') as { proxyAgents: (router: Router) => void };
const { proxyOwnConnections } = require('./own-connections.cjs') as { proxyOwnConnections: (router: Router) => void };
const { proxyDispatcher } = require('./dispatcher.cjs') as { proxyDispatcher: (router: Router) => void };

const router = readRouter(process.env);
proxyAgents(router);
proxyOwnConnections(router);
proxyDispatcher(router);

/** Node 22 warns in each process that its own proxy support is experimental; Keywright switched it on, so nobody else can act on it. */
const emitWarning = process.emitWarning.bind(process) as (...parameters: unknown[]) => void;
const quieter = (...parameters: unknown[]): void => {
  const isThat = parameters.some((parameter) => (parameter as { code?: unknown } | undefined)?.code === 'UNDICI-EHPA');
  if (!isThat) emitWarning(...parameters);
};
if (process.version.startsWith('v22.')) {
  process.emitWarning = quieter;
  setImmediate(() => {
    if (process.emitWarning === quieter) process.emitWarning = emitWarning;
  });
}
