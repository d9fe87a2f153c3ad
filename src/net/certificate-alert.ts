import type { Socket } from 'node:net';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/** Alerts by which a server says that it does not take our certificate, or wants one (RFC 8446 section 6.2), as OpenSSL ends their names. */
const alerts: Readonly<Record<string, string>> = {
  BAD_CERTIFICATE: 'bad certificate',
  UNSUPPORTED_CERTIFICATE: 'unsupported certificate',
  CERTIFICATE_REVOKED: 'certificate revoked',
  CERTIFICATE_EXPIRED: 'certificate expired',
  CERTIFICATE_UNKNOWN: 'certificate unknown',
  CERTIFICATE_REQUIRED: 'certificate required',
  UNKNOWN_CA: 'unknown CA',
  ACCESS_DENIED: 'access denied',
};

/** The refusal of our certificate that this error tells of, if it does. */
export function certificateAlert(error: unknown): Refusal | undefined {
  const { code } = Object(error) as { readonly code?: unknown };
  // `SSLV3_ALERT_…` and `TLSV1_ALERT_…`; since OpenSSL 3.2 `SSL/TLS_ALERT_…` too.
  const [, name = ''] = /^ERR_SSL_.*_ALERT_([A-Z_]+)$/.exec(typeof code === 'string' ? code : '') ?? [];
  const alert = Object.hasOwn(alerts, name) ? alerts[name] : undefined;
  if (alert === undefined) return undefined;
  return new Refusal('certificate_refused', { cause: new Reason(`the destination sent the TLS alert "${alert}"`) });
}

const refused = new WeakMap<Socket, Refusal>();

/**
 * In TLS 1.3 a client has done its handshake before the server has looked at its certificate (RFC 8446 section 4.4.2.4): what the server
 * thinks of it is the first thing that is read. Called before anybody else listens for errors of the socket.
 */
export function watchForAlert(socket: Socket): void {
  socket.on('error', (error) => {
    const refusal = certificateAlert(error);
    if (refusal !== undefined) refused.set(socket, refusal);
  });
}

/** How the other side of this connection has refused our certificate, if that is why it is gone. */
export function certificateRefusal(socket: Socket): Refusal | undefined {
  return refused.get(socket);
}
