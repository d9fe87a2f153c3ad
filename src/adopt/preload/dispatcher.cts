/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type * as Net from 'node:net';
import type { Socket } from 'node:net';
import type * as Tls from 'node:tls';
import type { Agent, buildConnector, Dispatcher } from 'undici';
import type { OwnFormData } from './form-data.cjs';
import type { Route, Router } from './route.cjs';
import type { OpenTunnel } from './tunnel.cjs';

const net = require('node:net') as typeof Net;
const tls = require('node:tls') as typeof Tls;
const { ownFormData } = require('./form-data.cjs') as { readonly ownFormData: OwnFormData };
const { openTunnel } = require('./tunnel.cjs') as { readonly openTunnel: OpenTunnel };

/** Where undici 6 and 7, and Node up to 24, look for the dispatcher of the process; then undici 8 and Node 26. */
const slots = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];

/**
 * Makes an undici 7 agent behind the proxy the global dispatcher: Node's fetch, WebSocket and EventSource, and the undici package in
 * versions 6, 7 and 8, all take it. undici is loaded at the first use, which costs more than the rest of a start of Node.
 * The properties are those that undici's own `setGlobalDispatcher` defines, so that a program can still set its own.
 */
function proxyDispatcher(router: Router): void {
  let loaded: Agent | undefined;
  const load = (): Agent => (loaded ??= makeAgent(router));
  const lazy = new Proxy(Object.create(null) as Agent, {
    get: (_, property) => {
      const value: unknown = Reflect.get(load(), property) ?? methodOfUndici(property);
      return typeof value === 'function' ? (value.bind(load()) as unknown) : value;
    },
    has: (_, property) => Reflect.has(load(), property),
    getPrototypeOf: () => Reflect.getPrototypeOf(load()),
  });
  for (const slot of slots) {
    Object.defineProperty(globalThis, slot, { value: lazy, writable: true, enumerable: false, configurable: false });
  }
}

function makeAgent(router: Router): Agent {
  // One file of the package: all of it takes more than twice as long to load.
  const AgentOfUndici = require('undici/lib/dispatcher/agent.js') as typeof Agent;
  class ProxyAgent extends AgentOfUndici {
    override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const form = ownFormData(options.body);
      return super.dispatch(form === undefined ? options : { ...options, body: form }, handler);
    }
  }
  return new ProxyAgent({ connect: connectorThrough(router) });
}

/** `request`, `stream` and the like, which the package adds to its dispatchers only when all of it is loaded. */
function methodOfUndici(property: string | symbol): unknown {
  if (!['request', 'stream', 'pipeline', 'connect', 'upgrade'].includes(String(property))) return undefined;
  return (require('undici/lib/api/index.js') as Readonly<Record<string, unknown>>)[String(property)];
}

function connectorThrough(router: Router): buildConnector.connector {
  return (options, callback) => {
    const secure = options.protocol === 'https:';
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const port = Number(options.port === '' ? (secure ? '443' : '80') : options.port);
    const fail = (error: Error): void => callback(error, null);
    connect(router(host, port), host, port, (error, socket) => {
      if (socket === undefined) fail(error ?? new Error('no connection'));
      else if (secure) encrypt(socket, options.servername ?? host, callback);
      else callback(null, socket);
    });
  };
}

function encrypt(socket: Socket, name: string, callback: buildConnector.Callback): void {
  const servername = net.isIP(name) === 0 ? { servername: name } : {};
  const encrypted = tls.connect({ socket, ALPNProtocols: ['http/1.1'], ...servername });
  const fail = (error: Error): void => callback(error, null);
  encrypted.once('error', fail).once('secureConnect', () => {
    encrypted.off('error', fail);
    callback(null, encrypted);
  });
}

function connect(
  route: Route,
  host: string,
  port: number,
  done: (error: Error | undefined, socket?: Socket) => void,
): void {
  switch (route.kind) {
    case 'none':
      done(Object.assign(new Error(`not sent: ${route.reason}`), { code: 'ERR_KEYWRIGHT_NO_PROXY' }));
      return;
    case 'proxy':
      openTunnel(route.proxy, host, port, done);
      return;
    case 'direct': {
      const socket = net.connect({ host, port, noDelay: true, autoSelectFamily: true });
      const fail = (error: Error): void => done(error);
      socket.once('error', fail).once('connect', () => {
        socket.off('error', fail);
        done(undefined, socket);
      });
    }
  }
}

module.exports = { proxyDispatcher };
