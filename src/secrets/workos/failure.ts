import type { Refusal } from '../../core/refusal.js';
import type { HttpAnswer } from '../../net/client.js';
import { isForeign, retryAfterOf } from '../answer.js';
import { unavailable, type FailureKind } from '../unavailable.js';

export interface Asked {
  /** The name of the secret. */
  readonly name: string;
  /** `host:port`. */
  readonly origin: string;
  /** What was asked for, as a sentence names it. */
  readonly what: string;
}

/** A UUID, or the form of WorkOS's own identifiers: nothing else that a server may put there is repeated. */
const requestId = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|req_[0-9A-Z]{26})$/;

/** What an answer without success means. Of its text, which may repeat what it was sent, nothing goes on. */
export function failureOf({ name, origin, what }: Asked, answer: HttpAnswer, now: number): Refusal {
  const { status, headers } = answer;
  const id = headers.get('x-request-id') ?? '';
  const suffix = requestId.test(id) ? ` (request ${id})` : '';
  const refuse = (why: string, kind: FailureKind): Refusal =>
    unavailable(name, `${why}${suffix}`, kind, retryAfterOf(answer, now));
  if (isForeign(answer)) return refuse(`${origin} gave an answer with status ${status} that is none of WorkOS`, 'down');
  switch (status) {
    case 401:
      return refuse(`${origin} does not know the API key`, 'login');
    case 403:
      return refuse(`the API key may not read ${what} at ${origin}`, 'denied');
    case 404:
      return refuse(`${origin} has not got ${what}`, 'missing');
    case 400:
    case 409:
    case 422:
      return refuse(`${origin} does not accept the request for ${what} (status ${status})`, 'denied');
    case 429:
      return refuse(`${origin} wants to be asked less often`, 'throttled');
    default:
      return refuse(`${origin} answered with status ${status} when asked for ${what}`, 'down');
  }
}
