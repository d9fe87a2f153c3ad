import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';

/** `unreachable`: no connection. `tls`: not who it should be. `timeout`. `too_large`, `protocol`: no answer of HTTP that can be used. `files`: ours. */
export type ClientErrorKind = 'unreachable' | 'tls' | 'timeout' | 'too_large' | 'protocol' | 'files';

/** Why there is no answer: our words, and the code of the error; nothing of what was sent or came. */
export class ClientError extends Reason {
  readonly kind: ClientErrorKind;

  constructor(message: string, kind: ClientErrorKind) {
    super(message);
    this.kind = kind;
  }
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const unreachables = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

/** Any error of a request as one of ours. Its own message may repeat what was sent. */
export function clientError(error: unknown, origin: string): ClientError {
  if (error instanceof ClientError) return error;
  // Several addresses were tried: why the first one failed says most.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = errorCode(first) ?? 'unknown';
  if (timeouts.has(code)) return new ClientError(`${origin} did not answer in time`, 'timeout');
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new ClientError(`${origin} answered with too much`, 'too_large');
  if (unreachables.has(code)) return new ClientError(`${origin} cannot be reached (${code})`, 'unreachable');
  if (isOfTls(code)) return new ClientError(`the TLS connection to ${origin} failed (${code})`, 'tls');
  return new ClientError(`${origin} gave no answer that can be used (${code})`, 'protocol');
}

/** OpenSSL's and Node's codes for certificates and handshakes. */
function isOfTls(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|PATH_LENGTH_|HOSTNAME_MISMATCH|EPROTO)/.test(
    code,
  );
}
