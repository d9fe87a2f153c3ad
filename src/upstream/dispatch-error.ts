import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';
import type { ClientCertificate } from '../net/client-certificate.js';
import { ConnectionLost } from './connection-lost.js';

/** What went wrong between us and the destination, as a refusal. Nothing of what was read or sent is in it. */
export function dispatchRefusal(error: unknown, shown?: ClientCertificate): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Malformed && error.kind === 'coding') return new Refusal('response_coding');
  // Servers in Node and Go end the connection where they do not take a certificate, and do not say so.
  const cause = error instanceof ConnectionLost && shown !== undefined ? lostShowing(shown) : error;
  return new Refusal('destination_protocol', { cause });
}

/** Whether the destination has refused the certificate it was shown: nothing of the request has been acted on then. */
export function refusesCertificate(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'certificate_refused';
}

function lostShowing({ secret }: ClientCertificate): Reason {
  return new Reason(
    `the destination closed the connection without an answer: it may not take the client certificate of the secret ${secret}`,
  );
}
