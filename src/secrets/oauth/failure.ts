import { Refusal } from '../../core/refusal.js';
import type { HttpAnswer } from '../../net/client.js';
import { isForeign, jsonOf, kindOfStatus, membersOf, retryAfterOf } from '../answer.js';
import { Unavailability, unavailable, type FailureKind } from '../unavailable.js';

/** The grant itself is worth nothing: asking again with it cannot help, and at some servers harms. */
export class DeadGrant extends Unavailability {}

const consent =
  'invalid_grant: it was used already, revoked or has expired, or its successor was lost when a refresh was cut off. It needs consent again';

/**
 * Codes of the error response (RFC 6749 section 5.2, 8707, 8693, 9449, OpenID Connect, and two of GitHub's, which come with status 200).
 * Only these are ever repeated: whatever else the server says is its own.
 */
const known: Readonly<Record<string, FailureKind>> = {
  invalid_client: 'login',
  incorrect_client_credentials: 'login',
  invalid_grant: 'denied',
  bad_refresh_token: 'denied',
  unauthorized_client: 'denied',
  access_denied: 'denied',
  consent_required: 'denied',
  interaction_required: 'denied',
  login_required: 'denied',
  invalid_request: 'denied',
  invalid_scope: 'denied',
  invalid_target: 'denied',
  invalid_resource: 'denied',
  unsupported_grant_type: 'denied',
  unsupported_token_type: 'denied',
  invalid_dpop_proof: 'denied',
  use_dpop_nonce: 'denied',
  slow_down: 'throttled',
  temporarily_unavailable: 'down',
  server_error: 'down',
};

const client = 'compare client_id, client_secret and client_auth with how the server knows this client';

/** What to look at: options of the secret. */
const advice: Readonly<Record<string, string>> = {
  invalid_client: client,
  incorrect_client_credentials: client,
  unauthorized_client: 'the server does not permit this client this grant: compare grant and client_id',
  unsupported_grant_type: 'the server has no such grant: compare grant, and token_url or issuer',
  invalid_scope: 'compare scope with what this client may ask for',
  invalid_target: 'compare resource and audience with what the server knows',
  invalid_resource: 'compare resource with what the server knows',
};

function adviceFor(code: string): string {
  return Object.hasOwn(advice, code) ? `: ${advice[code] ?? ''}` : '';
}

/** An answer that OAuth does not allow, by the code of the package that reads it. */
export function notAllowed(origin: string, code: string): string {
  const why = code.startsWith('OAUTH_') ? ` (${code})` : '';
  const mismatch = ': issuer has to be spelled as the server spells it in its metadata, to the last slash';
  const hint = code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' ? mismatch : '';
  return `${origin} gave an answer that OAuth does not allow${why}${hint}`;
}

export interface Asked {
  /** The name of the secret. */
  readonly name: string;
  /** `host:port`. */
  readonly origin: string;
  /** What is asked for by a refresh token: who has to do what is clear then. */
  readonly isRefresh: boolean;
}

/** The `error` of an answer, where it is one that we know. */
export function errorIn({ text }: HttpAnswer): string | undefined {
  const code = membersOf(jsonOf(text))?.['error'];
  return typeof code === 'string' && Object.hasOwn(known, code) ? code : undefined;
}

/** What an answer that brings no token means. Nothing of its text goes on but a code that we know. */
export function failureOf({ name, origin, isRefresh }: Asked, answer: HttpAnswer, now: number): Refusal {
  const { status } = answer;
  const retryAfter = retryAfterOf(answer, now);
  if (status === 429) return unavailable(name, `${origin} wants to be asked less often`, 'throttled', retryAfter);
  if (status >= 500) return unavailable(name, `${origin} failed with status ${status}`, 'down', retryAfter);
  if (status >= 300 && status < 400) {
    return unavailable(name, `${origin} answered with a redirect, which is never followed`);
  }
  const code = errorIn(answer);
  if (code === 'invalid_grant' || code === 'bad_refresh_token') {
    const why = isRefresh ? `the refresh token: ${consent}` : `what the token is asked for with: ${code}`;
    const message = `the secret ${name} is not available: ${origin} refused ${why}`;
    return new Refusal('secret_unavailable', { cause: new DeadGrant(message, 'denied', undefined) });
  }
  if (code !== undefined)
    return unavailable(name, `${origin} answered ${code}${adviceFor(code)}`, known[code], retryAfter);
  const unknown = `${origin} answered with status ${status} and no error that is known`;
  // 401 is for clients that did not show who they are (RFC 6749 section 5.2), whatever the body is.
  if (status === 401) return unavailable(name, `${unknown}: ${client}`, 'login');
  return unavailable(name, unknown, isForeign(answer) ? 'down' : kindOfStatus(status));
}
