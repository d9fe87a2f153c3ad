import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Deadlines } from '../core/deadline.js';
import { CallerSession } from './caller-session.js';
import { CallerConnection } from './connection.js';
import type { ConnectionHost } from './connection-host.js';
import type { Passage } from './passage.js';
import type { Services } from './services.js';
import { serveConnect } from './tunnel.js';

export interface ListenerOptions {
  /** Loopback or a unix socket: an absolute-form https request may come in here in the clear. */
  readonly trustedPath: boolean;
  /** Every connection of this listener is this client's: for runtimes that cannot send proxy credentials. */
  readonly client?: string;
}

export interface Listener {
  readonly server: Server;
  /** Takes no more requests: idle connections end now, the others with the answer that is under way. */
  drain(): void;
}

/** The server that callers connect to. Connections inside tunnels are served the same way as those that come from outside. */
export function createListener(current: () => Services, options: ListenerOptions): Listener {
  const connections = new Set<{ drain(): void }>();
  let draining = false;
  const adopt = (socket: Socket, passage: Passage): void => {
    if (socket.destroyed) return;
    const connection = speaksHttp2(socket)
      ? new CallerSession(socket, passage, host)
      : new CallerConnection(socket, passage, host);
    if (draining) connection.drain();
  };
  const host: ConnectionHost = {
    current,
    connections,
    deadlines: new Deadlines(),
    onConnect: (request, socket, passage, ahead) => {
      serveConnect(current(), passage, request, socket, ahead, adopt).catch(() => socket.destroy());
    },
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 64 * 1024 }, (socket) => {
    adopt(socket, passageFor(socket, options));
  });
  // What is told here once it listens is that one connection could not be taken (no file descriptors left): others may be, later.
  server.on('error', () => undefined);
  return {
    server,
    drain: () => {
      draining = true;
      for (const connection of connections) connection.drain();
    },
  };
}

/** Agreed on in the TLS handshake (RFC 9113 section 3.2); without TLS nobody could agree on it. */
function speaksHttp2(socket: Socket): socket is TLSSocket {
  return socket instanceof TLSSocket && socket.alpnProtocol === 'h2';
}

function passageFor(socket: Socket, { trustedPath, client }: ListenerOptions): Passage {
  const clientAddress = socket.remoteAddress ?? 'unix';
  return { clientAddress, transport: socket, trustedPath, client, tunnel: undefined, challenges: 0 };
}
