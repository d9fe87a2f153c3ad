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
  if (code !== undefined) return unavailable(name, `${origin} answered ${code}`, known[code], retryAfter);
  const unknown = `${origin} answered with status ${status} and no error that is known`;
  // 401 is for clients that did not show who they are (RFC 6749 section 5.2), whatever the body is.
  if (status === 401) return unavailable(name, unknown, 'login');
  return unavailable(name, unknown, isForeign(answer) ? 'down' : kindOfStatus(status));
}
