/**
 * The one table of refusals: code → HTTP status and the sentence the caller may read.
 * Statuses follow RFC 9110; 421 is section 15.5.20, 431 is RFC 6585 section 5.
 */
export const refusals = {
  bad_request: [400, 'The request is malformed.'],
  bad_authority: [400, 'The host or port of the request is malformed or not in canonical form.'],
  bad_framing: [400, 'The length of the request body is stated in a way that can be read twice.'],
  bad_path: [400, 'The path of the request can be read in more than one way.'],
  not_proxied: [400, 'This is a forward proxy: send CONNECT or an absolute-form request.'],
  no_policy: [403, 'No policy allows this request.'],
  denied: [403, 'A deny rule forbids this request.'],
  cleartext_credential: [403, 'A credential is not sent in cleartext.'],
  cross_site: [403, 'A credential is not added to a request that a browser makes across sites.'],
  placeholder_misplaced: [403, 'The request carries a placeholder where it does not belong.'],
  token_request: [400, 'This is no token request that can be answered.'],
  no_placeholder: [403, 'There is no placeholder for this client.'],
  handshake_failed: [400, 'The TLS handshake with the caller failed.'],
  tunnel_refused: [403, 'The tunnel does not carry TLS for the host it was opened to.'],
  address_refused: [403, 'The destination address is not allowed.'],
  caller_revoked: [403, 'The client that opened this connection is not known any more.'],
  method_refused: [405, 'This method is never forwarded.'],
  caller_gone: [400, 'The caller closed the connection.'],
  caller_unknown: [407, 'Proxy credentials are required.'],
  caller_wrong: [407, 'The proxy credentials are wrong.'],
  body_too_large: [413, 'The request body is larger than this policy may read.'],
  body_coding: [415, 'The request body is in a content coding or charset that this policy cannot read.'],
  body_malformed: [422, 'The request body leaves no one place for a credential.'],
  unsignable: [403, 'The request cannot be signed as this policy asks.'],
  expectation_failed: [417, 'The expectation of the request cannot be met.'],
  authority_mismatch: [421, 'The host of the request is not the host the connection was opened to.'],
  caller_backed_off: [429, 'Too many wrong proxy credentials: try again later.'],
  headers_too_large: [431, 'The request header section is too large.'],
  internal: [500, 'The proxy failed.'],
  destination_name: [502, 'The destination name cannot be resolved.'],
  destination_unreachable: [502, 'The destination cannot be reached.'],
  destination_certificate: [502, 'The certificate of the destination is not valid.'],
  certificate_refused: [502, 'The destination asks for a client certificate, or refused the one it was shown.'],
  destination_protocol: [502, 'The destination broke the connection or the protocol.'],
  response_coding: [502, 'The destination answered in a content coding that cannot be scrubbed.'],
  answer_cut: [502, 'The answer was cut: the destination repeated a credential in it.'],
  secret_unavailable: [503, 'A credential for this request is not available.'],
  audit_unavailable: [503, 'The request cannot be recorded, so it is not sent.'],
  draining: [503, 'The proxy is shutting down.'],
  overloaded: [503, 'The proxy has reached its limit of connections.'],
  destination_timeout: [504, 'The destination did not answer in time.'],
} as const satisfies Readonly<Record<string, readonly [status: number, sentence: string]>>;

export type RefusalCode = keyof typeof refusals;

export interface RefusalDetail {
  /** For the audit and the debug log only; never shown to the caller. */
  readonly cause?: unknown;
  /** For the operator: the line that would change the outcome. Built from configuration, never from request data or a secret. */
  readonly hint?: string;
}

/** The only error thrown on purpose: carries a code, and the status and sentence that the caller sees. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly hint: string | undefined;

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    super(refusals[code][1], { cause: detail.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = refusals[code][0];
    this.hint = detail.hint;
  }
}

/** Any error as a refusal: refusals stay, all else becomes `internal` with the error as its cause. */
export function toRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('internal', { cause: error });
}
