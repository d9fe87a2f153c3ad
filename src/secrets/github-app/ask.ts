import type { Clock } from '../../core/clock.js';
import type { Refusal } from '../../core/refusal.js';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../net/client.js';
import { asUnavailable, isForeign, kindOfStatus, retryAfterOf } from '../answer.js';
import { unavailable, type FailureKind } from '../unavailable.js';

/** GitHub, as one secret asks it. */
export interface GitHub {
  /** The name of the secret, for refusals. */
  readonly name: string;
  readonly client: HttpClient;
  readonly clock: Clock;
}

/** The version whose forms are read here (https://docs.github.com/rest/about-the-rest-api/api-versions). */
const apiVersion = '2022-11-28';
/** As long as a backend may ask to be left alone, milliseconds. */
const longestPause = 3_600_000;

/** `bearer` is the app's JWT, or the token itself. Rejects with `secret_unavailable` where no answer came, or with the signal's reason. */
export async function askGitHub(
  { name, client }: GitHub,
  bearer: string,
  request: Pick<HttpRequest, 'method' | 'path' | 'signal' | 'body'>,
): Promise<HttpAnswer> {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${bearer}`,
    // GitHub refuses requests without one.
    'user-agent': 'keywright',
    'x-github-api-version': apiVersion,
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
  };
  try {
    return await client.request({ ...request, headers });
  } catch (error) {
    throw asUnavailable(name, error);
  }
}

/** What an answer means that is not the one hoped for. Its text is GitHub's, and stays unread. */
export function failureOf({ name, client: { origin }, clock }: GitHub, answer: HttpAnswer): Refusal {
  const { status } = answer;
  const pause = pauseOf(answer, clock.now());
  if (status === 429 || (status === 403 && pause !== undefined)) {
    return unavailable(name, `${origin} wants to be left alone for a while (HTTP ${status})`, 'throttled', pause);
  }
  if (isForeign(answer)) return unavailable(name, `${origin} gave an answer that is none of GitHub (HTTP ${status})`);
  const [kind, why] = meanings[status] ?? [kindOfStatus(status), 'gave no answer that can be used'];
  return unavailable(name, `${origin} ${why} (HTTP ${status})`, kind, pause);
}

const meanings: Readonly<Record<number, readonly [FailureKind, string]>> = {
  401: ['login', 'did not let the app in: the private key, app_id or client_id, or the clock of this machine is wrong'],
  403: ['denied', 'denies it: the app, or its installation, is suspended'],
  404: ['missing', 'knows no such installation of this app'],
  422: ['denied', 'denies it: more repositories or permissions were asked for than the installation was granted'],
};

/**
 * How long GitHub wants to be left alone: `Retry-After`, or the end of a used-up quota
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
function pauseOf(answer: HttpAnswer, now: number): number | undefined {
  const asked = retryAfterOf(answer, now);
  if (asked !== undefined || answer.headers.get('x-ratelimit-remaining') !== '0') return asked;
  const reset = answer.headers.get('x-ratelimit-reset') ?? '';
  return /^\d{1,12}$/.test(reset) ? Math.min(Math.max(Number(reset) * 1000 - now, 0), longestPause) : undefined;
}
