import type { Refusal } from '../../core/refusal.js';
import type { HttpAnswer } from '../../net/client.js';
import { isForeign, jsonOf, kindOfStatus, membersOf, retryAfterOf } from '../answer.js';
import { unavailable, type FailureKind } from '../unavailable.js';

/**
 * Codes of the token endpoints (RFC 6749 section 5.2, RFC 8693), and statuses of Google's other interfaces
 * (https://cloud.google.com/apis/design/errors). Only these are ever repeated: descriptions may hold what was sent.
 */
const known: Readonly<Record<string, FailureKind>> = {
  invalid_grant: 'login',
  invalid_client: 'login',
  unauthorized_client: 'denied',
  access_denied: 'denied',
  invalid_request: 'denied',
  invalid_scope: 'denied',
  invalid_target: 'denied',
  unsupported_grant_type: 'denied',
  temporarily_unavailable: 'down',
  internal_failure: 'down',
  UNAUTHENTICATED: 'login',
  PERMISSION_DENIED: 'denied',
  INVALID_ARGUMENT: 'denied',
  FAILED_PRECONDITION: 'denied',
  NOT_FOUND: 'missing',
  RESOURCE_EXHAUSTED: 'throttled',
  UNAVAILABLE: 'down',
  INTERNAL: 'down',
  DEADLINE_EXCEEDED: 'down',
};

/** What an answer without success means. `shown`: what was shown there. */
export function failureOf(
  { name, origin, shown }: { readonly name: string; readonly origin: string; readonly shown: string },
  answer: HttpAnswer,
  now: number,
): Refusal {
  const { status } = answer;
  const retryAfter = retryAfterOf(answer, now);
  if (status === 429) return unavailable(name, `${origin} wants to be asked less often`, 'throttled', retryAfter);
  // A gateway's error page says nothing of what was shown, whatever stands in it.
  if (status >= 500 || status < 400)
    return unavailable(name, `${origin} answered with status ${status}`, 'down', retryAfter);
  const code = codeIn(answer);
  if (code === undefined) {
    const kind = isForeign(answer) ? 'down' : status === 401 ? 'login' : kindOfStatus(status);
    return unavailable(name, `${origin} answered with status ${status} and no error that is known`, kind);
  }
  return unavailable(name, `${origin} refused ${shown}: ${code}`, known[code], retryAfter);
}

function codeIn({ text }: HttpAnswer): string | undefined {
  const error = membersOf(jsonOf(text))?.['error'];
  const code = membersOf(error)?.['status'] ?? error;
  return typeof code === 'string' && Object.hasOwn(known, code) ? code : undefined;
}
