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
  /** The connection itself, below all TLS. */
  readonly transport: Socket;
  /** Whether an absolute-form request for an https resource may come in here: loopback, unix socket or TLS only. */
  readonly trustedPath: boolean;
  /** The client that a listener of its own stands for: for runtimes that cannot send proxy credentials. */
  readonly client: string | undefined;
  readonly tunnel: Tunnel | undefined;
  /** A refusal has closed it: what else has come on it is never read as a request. */
  closed?: boolean;
  /** CONNECTs answered with 407 on this connection. */
  challenges: number;
}
