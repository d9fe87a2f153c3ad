import type { Socket } from 'node:net';
import { Refusal, type RefusalCode } from '../core/refusal.js';
import { certificateAlert } from './certificate-alert.js';

/** What went wrong while connecting, as a refusal. Certificates first: Node notes on the socket that it was they. */
export function dialRefusal(error: unknown, socket?: Socket): Refusal {
  if (error instanceof Refusal) return error;
  const refused = certificateAlert(error);
  if (refused !== undefined) return refused;
  return new Refusal(socket !== undefined && failedVerification(socket) ? 'destination_certificate' : codeOf(error), {
    cause: error,
  });
}

/**
 * Whether the other side has ended the handshake because it speaks none of the protocols that were offered (RFC 7301 section 3.2):
 * its certificate has not been looked at then, and nothing of it is believed but that other protocols may be worth a try.
 */
export function refusesProtocols(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { code } = Object(cause) as { readonly code?: unknown };
  return error instanceof Refusal && code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
}

/** `authorizationError` is set as verification fails, and on no other way to an error. */
function failedVerification(socket: Socket): boolean {
  return (
    'authorizationError' in socket && socket.authorizationError !== null && socket.authorizationError !== undefined
  );
}

function codeOf(error: unknown): RefusalCode {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  // An AbortSignal's reasons (DOM section 3.1) have names.
  if (timeouts.has(code) || name === 'TimeoutError') return 'destination_timeout';
  return unreachable.has(code) || name === 'AbortError' ? 'destination_unreachable' : 'destination_protocol';
}

const timeouts = new Set<unknown>(['ETIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']);
const unreachable = new Set<unknown>([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);
