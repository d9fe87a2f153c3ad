import { errorCode } from '../core/error-code.js';
import { Refusal } from '../core/refusal.js';

/** What went wrong between us and the destination, as a refusal. undici's codes: its `core/errors`. */
export function dispatchRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // undici keeps what it could not parse in its error: an answer that may repeat the credential.
  const cause = bare(error);
  switch (errorCode(error) ?? '') {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return new Refusal('destination_timeout', { cause });
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new Refusal('destination_unreachable', { cause });
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return new Refusal('bad_request', { cause });
    default:
      return new Refusal('destination_protocol', { cause });
  }
}

/** Whether the connection was gone before an answer began: what a keep-alive connection closed in passing looks like. */
export function isStaleConnection(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '');
}

/** The error without anything of the answer: its code, where it has one. */
function bare(error: unknown): Error {
  const code = errorCode(error);
  return Object.assign(new Error('the destination failed'), code === undefined ? {} : { code });
}
