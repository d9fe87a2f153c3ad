import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { dialRefusal } from './dial-error.js';
import { opened } from './opening.js';
import type { Trust } from './trust.js';

/** Who has to be at the other end of a TLS connection. */
export interface Peer {
  /** The name or address to find in its certificate. */
  readonly identity: string;
  /** What to ask for as SNI; empty for none. */
  readonly serverName: string;
  readonly trust: Trust;
  /** What its sessions are kept by, under this trust: never the same for two identities. */
  readonly sessionName: string;
}

/**
 * TLS on a connection that was opened, verified: the one place that does so. Rejects with a `Refusal`; nothing is ever tried
 * again with less verification, and the connection below is closed where it fails.
 */
export async function secure(
  below: Socket,
  { identity, serverName, trust, sessionName }: Peer,
  alpn: readonly string[],
  signal: AbortSignal,
): Promise<TLSSocket> {
  const session = trust.sessionFor(sessionName);
  const socket = connect({
    socket: below,
    secureContext: trust.context,
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in our environment changes nothing.
    rejectUnauthorized: true,
    // RFC 6066 section 3 has no addresses there.
    servername: isIP(serverName) === 0 ? serverName : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(identity, certificate),
    ALPNProtocols: [...alpn],
    ...(session === undefined ? {} : { session }),
  });
  // In TLS 1.3 tickets come after the handshake.
  socket.on('session', (fresh: Buffer) => {
    if (socket.authorized) trust.keepSession(sessionName, fresh);
  });
  try {
    await opened(socket, 'secureConnect', signal);
    return socket;
  } catch (error) {
    trust.forgetSession(sessionName);
    below.destroy();
    throw dialRefusal(error, socket);
  }
}
