import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';
import type { ClientCertificate } from '../net/client-certificate.js';

/** What went wrong between us and the destination, as a refusal. Nothing of what was read or sent is in it. */
export function dispatchRefusal(error: unknown, shown?: ClientCertificate): Refusal {
  const refusal = refusalOf(error);
  // Servers in Node and Go end the connection where they do not take a certificate, in the handshake or behind it, and say nothing.
  if (shown === undefined || errorCode(refusal.cause) !== 'ECONNRESET') return refusal;
  const what = `the connection was lost before there was an answer: the destination may not take the client certificate of the secret ${shown.secret}`;
  return new Refusal(refusal.code, { cause: new Reason(what) });
}

/** Whether the destination has refused the certificate it was shown: nothing of the request has been acted on then. */
export function refusesCertificate(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'certificate_refused';
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Malformed && error.kind === 'coding') return new Refusal('response_coding');
  return new Refusal('destination_protocol', { cause: error });
}
