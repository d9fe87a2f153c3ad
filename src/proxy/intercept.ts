import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { parseAuthority } from '../policy/authority.js';

/** What is spoken here (RFC 7301): a client that offers nothing else than another protocol is refused by an alert. */
const http1 = ['http/1.1', 'http/1.0'];
const all = ['h2', ...http1];

/**
 * What is offered to the client whose CONNECT said this `User-Agent`. git is served in HTTP/1.1 only, which costs it nothing: its large
 * pushes, of unknown length, stand still in HTTP/2 now and then where a window closes (libcurl 7.88, any server; decision 0020).
 */
export function protocolsFor(userAgent: string | undefined): readonly string[] {
  return userAgent?.startsWith('git/') === true ? http1 : all;
}

/**
 * Ends the caller's TLS with the leaf of the CONNECT host. The socket is made by hand with that host's own context:
 * a shared server would let a session ticket of one name resume under another.
 */
export async function intercept(
  socket: Socket,
  authority: Authority,
  {
    secureContext,
    protocols,
    timeout,
  }: { secureContext: SecureContext; protocols: readonly string[]; timeout: number },
): Promise<{ socket: TLSSocket; misnamed: boolean }> {
  const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [...protocols] });
  await new Promise<void>((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      clearTimeout(timer);
      secure.destroy();
      socket.destroy();
      reject(new Refusal('handshake_failed', { cause, hint: 'Does the program trust the CA of Keywright?' }));
    };
    const timer = setTimeout(fail, timeout);
    // Listeners let callers close their half: one that does so in the middle of its handshake has left.
    secure.once('error', fail).once('close', fail).once('end', fail);
    secure.once('secure', () => {
      clearTimeout(timer);
      secure.off('error', fail).off('close', fail).off('end', fail);
      resolve();
    });
  });
  return { socket: secure, misnamed: isMisnamed(secure.servername, authority) };
}

/** A handshake without a name (an IP literal has none to send) is bound by its CONNECT alone; another name is misdirected. */
export function isMisnamed(servername: string | false | null | undefined, authority: Authority): boolean {
  if (servername === undefined || servername === null || servername === false || servername === '') return false;
  try {
    return parseAuthority(servername, authority.port).host !== authority.host;
  } catch {
    // A name that has no canonical form is not the name of this tunnel.
    return true;
  }
}
