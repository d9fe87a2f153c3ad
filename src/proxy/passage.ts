import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Authority, Caller, Scheme } from '../core/message.js';

/** What a CONNECT bound to its connection: who opened it, to where, and what it turned out to carry. */
export interface Tunnel {
  readonly caller: Caller;
  readonly authority: Authority;
  readonly scheme: Scheme;
  /** The client named another host in its TLS handshake than in its CONNECT: every request is then misdirected. */
  readonly misnamed: boolean;
}

/** What is known of a connection from a caller, beside its bytes. */
export interface Passage {
  readonly clientAddress: string;
  /** Whether an absolute-form request for an https resource may come in here: loopback, unix socket or TLS only. */
  readonly trustedPath: boolean;
  /** The client that a listener of its own stands for: for runtimes that cannot send proxy credentials. */
  readonly client: string | undefined;
  readonly tunnel: Tunnel | undefined;
  /** Requests under way on this connection. */
  underWay: number;
  /** A refusal has closed it: what else has come on it is never read as a request. */
  closed?: boolean;
  /** The answer to the request that was read last. */
  last?: ServerResponse;
  /** CONNECTs answered with 407 on this connection. */
  challenges: number;
}

const passages = new WeakMap<Socket, Passage>();

export function bindPassage(socket: Socket, passage: Passage): void {
  passages.set(socket, passage);
  // One listener for each request under way, and there is a limit on those.
  socket.setMaxListeners(0);
}

/** Whether a connection was bound; one that was not belongs to no caller we know, and is only closed. */
export function isBound(socket: Socket): boolean {
  return passages.has(socket);
}

/** The passage of a connection; a connection without one is our own bug. */
export function passageOf(socket: Socket): Passage {
  const passage = passages.get(socket);
  if (passage === undefined) throw new TypeError('a request came from a connection that was never bound');
  return passage;
}
