/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type * as Http from 'node:http';
import type * as Https from 'node:https';
import type { Module } from 'node:module';
import type * as Net from 'node:net';
import type { Duplex } from 'node:stream';
import type * as Tls from 'node:tls';
import type { Broken, ConnectSecure, IsOwn, ReadParameters } from './agents.cjs';
import type { Route, Router } from './route.cjs';
import type { ConnectThrough } from './tunnel-stream.cjs';

const http = require('node:http') as typeof Http;
const https = require('node:https') as typeof Https;
const net = require('node:net') as typeof Net;
const tls = require('node:tls') as typeof Tls;
const { syncBuiltinESMExports } = require('node:module') as typeof Module;
const { broken, connectSecure, isOwn, readParameters } = require('./agents.cjs') as {
  readonly broken: Broken;
  readonly connectSecure: ConnectSecure;
  readonly isOwn: IsOwn;
  readonly readParameters: ReadParameters;
};
const { connectThrough } = require('./tunnel-stream.cjs') as { readonly connectThrough: ConnectThrough };

type Method = (...parameters: unknown[]) => unknown;
type Connect = (...parameters: unknown[]) => Duplex;

/**
 * Puts requests that open their connection without any agent behind the proxy: those of the `ws` package, most of all. While such a
 * `createConnection` runs, and no longer, `tls.connect` and `net.connect` lead through the proxy; a connection that the program made
 * in another way stays its own.
 */
function proxyOwnConnections(router: Router): void {
  for (const module of [http, https] as unknown as Record<'request' | 'get', Method>[]) {
    for (const name of ['request', 'get'] as const) {
      const original = module[name];
      module[name] = function request(this: unknown, ...parameters) {
        return original.apply(
          this,
          parameters.map((parameter) => led(parameter, router)),
        );
      };
    }
  }
  syncBuiltinESMExports();
}

/** The options of a request, where they are such. */
function led(parameter: unknown, router: Router): unknown {
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  const { createConnection, agent } = parameter as { readonly createConnection?: unknown; readonly agent?: unknown };
  if (typeof createConnection !== 'function' || (agent !== undefined && agent !== null)) return parameter;
  const through = function (this: unknown, ...given: unknown[]): unknown {
    return behind(router, () => (createConnection as Method).apply(this, given));
  };
  const copy = Object.create(Object.getPrototypeOf(parameter) as object | null) as object;
  return Object.assign(copy, parameter, { createConnection: through });
}

/** Nothing else of the program runs meanwhile: it is over before the function returns. */
function behind<T>(router: Router, action: () => T): T {
  const [ofTls, ofNet] = [tls, net] as unknown as Record<'connect' | 'createConnection', Connect>[];
  if (ofTls === undefined || ofNet === undefined) throw new TypeError('there are two of them');
  const [secure, plain, created] = [ofTls.connect, ofNet.connect, ofNet.createConnection];
  ofTls.connect = replaced(secure, router, 443, connectSecure);
  ofNet.connect = replaced(plain, router, 80, connectPlain);
  ofNet.createConnection = ofNet.connect;
  try {
    return action();
  } finally {
    ofTls.connect = secure;
    ofNet.connect = plain;
    ofNet.createConnection = created;
  }
}

function replaced(original: Connect, router: Router, defaultPort: number, connect: ConnectSecure): Connect {
  return (...parameters) => {
    const { options } = readParameters(parameters);
    const host = typeof options.host === 'string' ? options.host : 'localhost';
    const port = Number(options.port ?? defaultPort);
    const route: Route = isOwn(options) ? { kind: 'direct' } : router(host, port);
    return route.kind === 'direct' ? original(...parameters) : connect(route, host, port, options);
  };
}

function connectPlain(route: Route, host: string, port: number): Duplex {
  return route.kind === 'proxy' ? connectThrough(route.proxy, host, port).stream : broken(route);
}

module.exports = { proxyOwnConnections };
