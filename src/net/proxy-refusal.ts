import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';
import { Refusal, type RefusalCode } from '../core/refusal.js';
import { dialRefusal } from './dial-error.js';

/** What the upstream proxy did wrong, in words of ours: never what it sent, and never what it was sent. */
export function proxyRefusal(code: RefusalCode, what: string, hint?: string): Refusal {
  return new Refusal(code, {
    cause: new Reason(`the upstream proxy ${what}`),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** An answer to CONNECT that is no leave to go on. RFC 9110 section 15.5.8 has 407 ask for credentials. */
export function unwilling(status: number): Refusal {
  return status === 407
    ? proxyRefusal(
        'destination_unreachable',
        'wants other credentials (407)',
        'upstream: { proxy_username: NAME, proxy_password_file: FILE }',
      )
    : proxyRefusal('destination_unreachable', `answered CONNECT with ${status}`);
}

/** What failed on the way to the proxy is the proxy's, whatever it would say of a destination. Why the caller gave up stays as it is. */
export function asProxyRefusal(error: unknown): Refusal {
  const refusal = dialRefusal(error);
  if (refusal.code === 'certificate_refused') {
    return proxyRefusal('destination_unreachable', 'asks for a client certificate, and is shown none');
  }
  if (refusal.cause instanceof Reason) return refusal;
  if (refusal.code === 'destination_timeout') return proxyRefusal(refusal.code, 'did not answer in time');
  if (refusal.code === 'destination_certificate') {
    const hint = 'upstream: { proxy_ca_file: FILE }';
    return proxyRefusal('destination_unreachable', 'has no certificate that is valid for its name', hint);
  }
  if (refusal.code !== 'destination_unreachable' && refusal.code !== 'destination_protocol') return refusal;
  const code = errorCode(refusal.cause);
  return proxyRefusal('destination_unreachable', `cannot be reached${code === undefined ? '' : ` (${code})`}`);
}
