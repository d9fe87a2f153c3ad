import { connect as connectTcp, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Limits } from '../core/limits.js';
import { Reason } from '../core/reason.js';
import { Refusal, toRefusal } from '../core/refusal.js';
import { dialRefusal } from './dial-error.js';
import { trustOf } from './trust.js';
import type { Route } from './vet.js';

export interface DialOptions {
  /** Milliseconds, for everything until the connection can be used. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** A TCP connection to one of the route's addresses. Rejects with a `Refusal`. */
export async function dialTcp(route: Route, options: DialOptions): Promise<Socket> {
  const socket = connectTcp(endpoint(route));
  await established(socket, 'connect', options);
  return socket;
}

/**
 * A verified TLS connection to one of the route's addresses: name and trust are the route's, whatever the request says.
 * Rejects with a `Refusal`; nothing is ever tried again with less verification.
 */
export async function dialTls(
  route: Route,
  options: DialOptions & { readonly alpn: readonly string[] },
): Promise<TLSSocket> {
  const { serverName = '', authority } = route;
  const trust = trustOf(route.caPem);
  const identity = serverName === '' ? authority.host : serverName;
  const sessionName = `${authority.host} ${route.port} ${identity}`;
  const session = trust.sessionFor(sessionName);
  const socket = connectTls({
    ...endpoint(route),
    secureContext: trust.context,
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in our environment changes nothing.
    rejectUnauthorized: true,
    // Empty means no SNI: RFC 6066 section 3 has no addresses there.
    servername: isIP(serverName) === 0 ? serverName : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(identity, certificate),
    ALPNProtocols: [...options.alpn],
    ...(session === undefined ? {} : { session }),
  });
  // In TLS 1.3 tickets come after the handshake.
  socket.on('session', (fresh: Buffer) => {
    if (socket.authorized) trust.keepSession(sessionName, fresh);
  });
  try {
    await established(socket, 'secureConnect', options);
  } catch (error) {
    trust.forgetSession(sessionName);
    throw error;
  }
  return socket;
}

/** How undici opens connections; a structural subset of its connector type. */
export type Connector = (
  options: { readonly protocol: string },
  callback: (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void,
) => void;

/**
 * A connector for undici that dials the route, whatever host, port or server name undici has read from the request.
 * Its scheme alone is undici's to say.
 */
export function undiciConnector(route: Route, limits: Pick<Limits, 'connectTimeout'>): Connector {
  const timeout = limits.connectTimeout;
  return ({ protocol }, callback) => {
    const dialled =
      protocol === 'https:' ? dialTls(route, { timeout, alpn: ['http/1.1'] }) : dialTcp(route, { timeout });
    dialled.then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(toRefusal(error), null),
    );
  };
}

/** An attempt at one address, before the next of the other family is tried (RFC 8305), milliseconds. */
const attemptTimeout = 500;

function endpoint({ addresses, port }: Route): TcpNetConnectOpts {
  const [first, ...more] = addresses;
  if (first === undefined) throw new TypeError('a route without an address');
  const common = { port, noDelay: true, keepAlive: true };
  if (more.length === 0) return { ...common, host: first.address };
  const lookup: LookupFunction = (_host, _options, callback) =>
    callback(
      null,
      addresses.map(({ address, family }) => ({ address, family })),
    );
  // The host is never resolved: `lookup` knows the vetted addresses only.
  return {
    ...common,
    host: 'vetted.invalid',
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptTimeout,
  };
}

function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { timeout, signal }: DialOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      settled();
      socket.destroy();
      reject(dialRefusal(error, socket));
    };
    const onAbort = (): void => fail(signal?.reason);
    const onClose = (): void => fail(new Reason('the connection was closed while it was being opened'));
    const timer = setTimeout(() => fail(new Refusal('destination_timeout')), timeout);
    const settled = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', fail).off('close', onClose).off(event, onOpen);
    };
    const onOpen = (): void => {
      settled();
      resolve();
    };
    // Stays: between opening and whoever listens next, and after giving up, an error must not end the process; 'close' tells of it.
    socket.on('error', ignore);
    socket.once('error', fail).once('close', onClose).once(event, onOpen);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function ignore(): void {
  return undefined;
}
