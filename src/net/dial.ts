import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Scheme } from '../core/message.js';
import type { ClientCertificate } from './client-certificate.js';
import { connectFirst, tcpTo, type Open } from './connect-first.js';
import { lendingReads } from './lent-reads.js';
import { within, type Patience } from './opening.js';
import type { Route } from './route.js';
import { secure, secureFirst, type Peer } from './secure.js';
import { connectThrough } from './through-proxy.js';
import { trustOf } from './trust.js';

export interface SecureDialOptions extends Patience {
  /** Protocols to offer (RFC 7301), the preferred one first; the one agreed on is the socket's `alpnProtocol`. Unused in the clear. */
  readonly alpn: readonly string[];
  /** What the destination is shown where it asks for a certificate; an upstream proxy on the way never is. */
  readonly certificate?: ClientCertificate | undefined;
}

/**
 * A connection to where the route leads, ready for the scheme: verified TLS for `https`, TCP for `http`, by way of the upstream proxy
 * where the route has one; without one it lends its reads (`takeReads`). The time limit is for everything. Rejects with a `Refusal`;
 * nothing stays open then.
 */
export function dial(route: Route, scheme: Scheme, options: SecureDialOptions): Promise<Socket> {
  switch (scheme) {
    case 'https':
      return dialTls(route, options);
    case 'http':
      return within(options, (signal) => reach(route, signal, lendingTo(route.port)));
  }
}

/** A TCP connection to where the route leads. Rejects with a `Refusal`. */
export function dialTcp(route: Route, options: Patience): Promise<Socket> {
  return within(options, (signal) => reach(route, signal, tcpTo(route.port)));
}

/**
 * A verified TLS connection to where the route leads: name and trust are the route's, whatever the request says.
 * Rejects with a `Refusal`; nothing is ever tried again with less verification.
 */
export function dialTls(route: Route, options: SecureDialOptions): Promise<TLSSocket> {
  const { alpn, certificate } = options;
  const peer = { ...peerOf(route), certificate };
  return within(options, async (signal) =>
    route.via === undefined
      ? secureFirst(addressesOf(route), route.port, peer, alpn, signal)
      : secure(await connectThrough(route.via, route.authority, signal), peer, alpn, signal),
  );
}

function reach(route: Route, signal: AbortSignal, open: Open<Socket>): Promise<Socket> {
  const { via, authority } = route;
  return via === undefined ? connectFirst(addressesOf(route), open, signal) : connectThrough(via, authority, signal);
}

function lendingTo(port: number): Open<Socket> {
  return (host) => lendingReads((onread) => connect({ host, port, onread }));
}

function addressesOf({ addresses }: Route): string[] {
  return addresses.map(({ address }) => address);
}

function peerOf({ serverName = '', authority, port, caPem, via }: Route): Peer {
  const identity = serverName === '' ? authority.host : serverName;
  const way = via === undefined ? '' : `${via.key} `;
  return { identity, serverName, trust: trustOf(caPem), sessionName: `${way}${authority.host} ${port} ${identity}` };
}
