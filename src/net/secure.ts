import { isIP, type OnReadOpts, type Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { watchForAlert } from './certificate-alert.js';
import type { ClientCertificate } from './client-certificate.js';
import { connectFirst } from './connect-first.js';
import { dialRefusal } from './dial-error.js';
import { lendingReads } from './lent-reads.js';
import { opened } from './opening.js';
import type { Session, Trust } from './trust.js';

/** Who has to be at the other end of a TLS connection. */
export interface Peer {
  /** The name or address to find in its certificate. */
  readonly identity: string;
  /** What to ask for as SNI; empty for none. */
  readonly serverName: string;
  readonly trust: Trust;
  /** What its sessions are kept by, under this trust: never the same for two identities. */
  readonly sessionName: string;
  /** What it is shown where it asks for a certificate. */
  readonly certificate?: ClientCertificate | undefined;
}

/** What it goes over: a connection that was opened, or one to open. */
type Way = { readonly socket: Socket } | { readonly host: string; readonly port: number; readonly onread: OnReadOpts };

/** TLS on a connection that was opened, verified. Rejects with a `Refusal`, and the connection below is closed then. */
export async function secure(
  below: Socket,
  peer: Peer,
  alpn: readonly string[],
  signal: AbortSignal,
): Promise<TLSSocket> {
  try {
    return await verified(begin({ socket: below }, peer, alpn), peer, signal);
  } catch (error) {
    below.destroy();
    throw error;
  }
}

/** The same to whichever of the addresses answers first; it lends its reads. */
export async function secureFirst(
  addresses: readonly string[],
  port: number,
  peer: Peer,
  alpn: readonly string[],
  signal: AbortSignal,
): Promise<TLSSocket> {
  const open = (host: string): TLSSocket => lendingReads((onread) => begin({ host, port, onread }, peer, alpn));
  return verified(await connectFirst(addresses, open, signal), peer, signal);
}

/** The one place that begins TLS with a destination: nothing is ever tried again with less verification. */
function begin(way: Way, peer: Peer, alpn: readonly string[]): TLSSocket {
  const { identity, serverName, trust, sessionName, certificate } = peer;
  // A session that is resumed says who the client is without its certificate: one opened with a certificate is never kept, and none
  // is offered that was opened without. By the system's clock, by which OpenSSL looks at certificates too.
  const session = certificate === undefined ? trust.sessionFor(sessionName, Date.now()) : undefined;
  const socket = connect({
    ...way,
    secureContext: certificate === undefined ? trust.context : trust.contextShowing(certificate),
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in our environment changes nothing.
    rejectUnauthorized: true,
    // RFC 6066 section 3 has no addresses there.
    servername: isIP(serverName) === 0 ? serverName : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(identity, certificate),
    ALPNProtocols: [...alpn],
    ...(session === undefined ? {} : { session: session.ticket }),
  });
  // In TLS 1.3 tickets come after the handshake.
  socket.on('session', (ticket: Buffer) => {
    if (certificate !== undefined || !socket.authorized || socket.destroyed) return;
    trust.keepSession(sessionName, { ticket, until: verifiedUntil(socket, session) });
  });
  return socket;
}

async function verified(
  socket: TLSSocket,
  { trust, sessionName, certificate }: Peer,
  signal: AbortSignal,
): Promise<TLSSocket> {
  try {
    await opened(socket, 'secureConnect', signal);
    watchForAlert(socket);
    return socket;
  } catch (error) {
    if (certificate === undefined) trust.forgetSession(sessionName);
    throw dialRefusal(error, socket);
  }
}

/** A certificate is looked at again at least this often, milliseconds. */
const longestSession = 24 * 60 * 60 * 1000;

/**
 * A resumed connection shows no certificate, and its ticket begins the next one: so what it inherits ends with the first, or a server
 * could go on for ever with a certificate that has expired.
 */
function verifiedUntil(socket: TLSSocket, resumed: Session | undefined): number {
  if (socket.isSessionReused()) return resumed?.until ?? 0;
  return Math.min(Date.parse(socket.getPeerCertificate().valid_to), Date.now() + longestSession);
}
