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
  if (isOfTls(code)) return new ClientError(`the TLS connection to ${origin} failed (${code})${hintFor(code)}`, 'tls');
  return new ClientError(`${origin} gave no answer that can be used (${code})`, 'protocol');
}

const untrusted = ': its certificate is not signed by a CA that is trusted here: name its CA as ca_file';
const otherName =
  ': its certificate is for another name: ask it by that name, or say the name in the certificate as server_name';

/** What whoever runs this can do about it: `connectionOptions` has these options. */
const hints: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  HOSTNAME_MISMATCH: otherName,
  CERT_HAS_EXPIRED: ': its certificate has expired: whoever runs it has to renew it (or the clock here is wrong)',
  CERT_NOT_YET_VALID: ': its certificate is not valid yet: is the clock here right?',
};

function hintFor(code: string): string {
  return Object.hasOwn(hints, code) ? (hints[code] ?? '') : '';
}

/** OpenSSL's and Node's codes for certificates and handshakes. */
function isOfTls(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|PATH_LENGTH_|HOSTNAME_MISMATCH|EPROTO)/.test(
    code,
  );
}
