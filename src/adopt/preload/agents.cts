/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type * as Http from 'node:http';
import type * as Https from 'node:https';
import type * as Net from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type * as Tls from 'node:tls';
import type { Route, Router } from './route.cjs';
import type { ConnectThrough } from './tunnel-stream.cjs';
import type { OpenTunnel } from './tunnel.cjs';

const http = require('node:http') as typeof Http;
const net = require('node:net') as typeof Net;
const https = require('node:https') as typeof Https;
const tls = require('node:tls') as typeof Tls;
const { openTunnel } = require('./tunnel.cjs') as { readonly openTunnel: OpenTunnel };
const { connectThrough } = require('./tunnel-stream.cjs') as { readonly connectThrough: ConnectThrough };

interface Options extends Omit<Tls.ConnectionOptions, 'port'> {
  readonly port?: number | string;
  readonly socketPath?: string;
  /** From Node 22.21: the environment by which the agent proxies by itself. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}
type Callback = (error: Error | null, socket?: Duplex) => void;
type CreateConnection = (this: unknown, ...parameters: unknown[]) => Duplex | null | undefined;
type Connect = (route: Route, host: string, port: number, options: Options, callback: Callback) => Duplex | undefined;

/**
 * Puts every agent of node:http and node:https behind the proxy: the default ones, private ones and `agent: false` alike, because
 * they share these prototypes. An agent with a `createConnection` of its own (a proxy agent, say) keeps it.
 */
function proxyAgents(router: Router): void {
  replace(router, https.Agent.prototype, 443, connectSecure);
  replace(router, http.Agent.prototype, 80, connectPlain);
}

function replace(router: Router, prototype: object, defaultPort: number, connect: Connect): void {
  const holder = prototype as { createConnection: CreateConnection };
  const original = holder.createConnection;
  holder.createConnection = function createConnection(...parameters) {
    const { options, callback } = readParameters(parameters);
    const host = typeof options.host === 'string' ? options.host : 'localhost';
    const port = Number(options.port ?? defaultPort);
    const itself = isOwn(options) || (connect === connectPlain && isProxied(options));
    const route: Route = itself ? { kind: 'direct' } : router(host, port);
    if (route.kind === 'direct') return original.apply(this, parameters);
    return connect(route, host, port, options, callback);
  };
}

/** `(options, callback)`, or as net.connect takes them: `(port, host, options, callback)`. */
function readParameters(parameters: readonly unknown[]): { options: Options; callback: Callback } {
  const [first, second] = parameters;
  const last = parameters.at(-1);
  const given = parameters.find((parameter) => typeof parameter === 'object' && parameter !== null) as
    Options | undefined;
  const named =
    typeof first === 'object'
      ? {}
      : { port: first as string | number, ...(typeof second === 'string' && { host: second }) };
  return {
    options: { ...given, ...named },
    callback: typeof last === 'function' ? (last as Callback) : () => undefined,
  };
}

/** A unix socket and a connection that the program made before are its own. */
function isOwn(options: Options): boolean {
  return typeof options.socketPath === 'string' || typeof options.path === 'string' || options.socket !== undefined;
}

/** A clear request of an agent that Node itself proxies has been rewritten for the proxy by now: it goes there as it is. */
function isProxied({ proxyEnv }: Options): boolean {
  return (proxyEnv?.['http_proxy'] ?? proxyEnv?.['HTTP_PROXY'] ?? '') !== '';
}

function connectSecure(route: Route, host: string, port: number, options: Options): Duplex {
  if (route.kind !== 'proxy') return broken(route);
  const tunnel = connectThrough(route.proxy, host, port);
  const socket = tls.connect({ ...options, port, socket: tunnel.stream });
  // A kept-alive connection must not keep the process alive: the agent says so by `unref`, and TLS over a stream has no handle for it.
  socket.ref = () => (tunnel.socket.ref(), socket);
  socket.unref = () => (tunnel.socket.unref(), socket);
  return socket;
}

function connectPlain(route: Route, host: string, port: number, _: Options, callback: Callback): Duplex | undefined {
  if (route.kind !== 'proxy') return broken(route);
  openTunnel(route.proxy, host, port, (error, socket) => callback(error ?? null, socket));
  return undefined;
}

/** No way out: the request ends with an error, as it does when a connection is refused, once it had the time to listen for one. */
function broken(route: Route): Socket {
  const reason = route.kind === 'none' ? route.reason : 'there is no proxy';
  const socket = Object.assign(new net.Socket(), { connecting: true });
  const error = Object.assign(new Error(`not sent: ${reason}`), { code: 'ERR_KEYWRIGHT_NO_PROXY' });
  setImmediate(() => socket.destroy(error));
  return socket;
}

export type Broken = typeof broken;
export type ConnectSecure = typeof connectSecure;
export type IsOwn = typeof isOwn;
export type ReadParameters = typeof readParameters;

module.exports = { broken, connectSecure, isOwn, proxyAgents, readParameters };
