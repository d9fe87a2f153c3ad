import type { HttpAnswer } from '../../net/client.js';
import { Refusal } from '../../core/refusal.js';
import { asUnavailable, isForeign, jsonOf, kindOfStatus, membersOf, retryAfterOf } from '../answer.js';
import { unavailable, Unavailability } from '../unavailable.js';

/** Names of errors that may be repeated; all else that the server says may hold what it was sent. */
const names = new Set([
  'BadRequest',
  'ForbiddenRequestError',
  'NotFound',
  'OidcAuthError',
  'PermissionDenied',
  'PolicyViolationError',
  'RateLimitError',
  'TokenError',
  'Unauthorized',
  'UnauthorizedError',
  'ValidationFailure',
]);

/** Of what we send: a complaint about one of these may name it. */
const ours = new Set([
  'clientId',
  'clientSecret',
  'dynamicSecretName',
  'environment',
  'environmentSlug',
  'expandSecretReferences',
  'iamRequestBody',
  'iamRequestHeaders',
  'identityId',
  'include_imports',
  'jwt',
  'organizationSlug',
  'path',
  'projectId',
  'projectSlug',
  'secretName',
  'secretPath',
  'ttl',
  'version',
]);

const hour = 3_600_000;

/** An error of Infisical's: `{reqId, statusCode, message, error}`; its message is looked at, and never repeated. */
interface Complaint {
  readonly error: string | undefined;
  readonly message: string;
  readonly fields: readonly string[];
  readonly request: string | undefined;
}

/** Is the token that it was asked with good for nothing any more? A 403 may mean that, and so may a 400 where its uses are counted. */
export function isTokenDead(answer: HttpAnswer): boolean {
  const { error, message } = complaintOf(answer);
  if (isForeign(answer)) return false;
  if (answer.status === 401 || (answer.status === 403 && error === 'TokenError')) return true;
  return answer.status === 400 && /number of uses limit/i.test(message);
}

/** Has it refused to let us in, rather than being unable to? A token of an OpenID provider that is refused is a 500 there. */
export function isLoginRefused(answer: HttpAnswer): boolean {
  if (isForeign(answer)) return false;
  const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  return isRefusal || complaintOf(answer).error === 'OidcAuthError';
}

export function isLockedOut(answer: HttpAnswer): boolean {
  return /\blocked\b/i.test(complaintOf(answer).message);
}

/** The lease has ended by its time, or was given back before. */
export function isLeaseGone(answer: HttpAnswer): boolean {
  return answer.status === 404 && /^Dynamic secret lease\b/i.test(complaintOf(answer).message);
}

/** What an answer that is none means, in our words. */
export function failureOf(answer: HttpAnswer, origin: string, now: number): Unavailability {
  const { status } = answer;
  const { message, fields } = complaintOf(answer);
  if (isForeign(answer)) {
    return new Unavailability(`${origin} gave an answer that is none of Infisical (${status})`, 'down', undefined);
  }
  const told = `${origin} ${meaningOf(status, message, fields)} (${detailsOf(answer)})${hintOf(status)}`;
  if (status === 400 && /plan restriction/i.test(message)) return new Unavailability(told, 'denied', undefined);
  if (status === 400 && /max lease limit/i.test(message)) return new Unavailability(told, 'throttled', undefined);
  const kind = kindOfStatus(status);
  return new Unavailability(told, kind, kind === 'throttled' ? waitOf(answer, message, now) : undefined);
}

/** `403 PermissionDenied, request req-…`: what an operator can look for in the server's own log. */
export function detailsOf(answer: HttpAnswer): string {
  const { error, request } = complaintOf(answer);
  const told = [answer.status, error].filter((part) => part !== undefined).join(' ');
  return request === undefined ? told : `${told}, request ${request}`;
}

/** `options`: what the login was made of. */
export function loginRefused(answer: HttpAnswer, origin: string, options: string): string {
  return `${origin} refused the login (${detailsOf(answer)}): compare ${options} in auth with the machine identity`;
}

/** It answered well, and with no token: a page of something that stands before it, or another program. */
export function noToken(origin: string): string {
  return `${origin} gave no token for a login: is address the one of Infisical, with the path that it is served under?`;
}

/** What came of asking, as the refusal of this secret. */
export function named(name: string, error: unknown): unknown {
  if (error instanceof Unavailability) return unavailable(name, error.message, error.kind, error.retryAfter);
  return error instanceof Refusal ? error : asUnavailable(name, error);
}

function meaningOf(status: number, message: string, fields: readonly string[]): string {
  if (status === 400 && /plan restriction/i.test(message)) return 'has no dynamic secrets in its plan';
  if (status === 400 && /max lease limit/i.test(message)) return 'has given out as many leases as it may';
  if (status === 422) return `finds the request malformed${fields.length === 0 ? '' : ` in ${fields.join(', ')}`}`;
  if (status === 403) return 'does not permit it';
  if (status === 404) return 'has no such secret, folder, environment or project';
  if (status === 429) return 'is asked too often';
  if (status === 401) return 'does not accept the token that it gave';
  if (status >= 500) return 'fails';
  return status === 400 ? 'finds the request wrong' : 'gave no answer that can be used';
}

/** What to do, and who has to. */
function hintOf(status: number): string {
  if (status === 403)
    return ': `keywright grants --for infisical` prints the permissions, which whoever administers the project has to give to the identity';
  if (status === 404) return ': compare name, path, environment and project, in which the identity has to be a member';
  if (status >= 300 && status < 400)
    return ': it answered with a redirect, which is never followed: address has to be where it leads';
  return '';
}

/** The time is in the words for the window of a minute, in a field for what stands before the server. */
function waitOf(answer: HttpAnswer, message: string, now: number): number | undefined {
  const seconds = /\bin (\d{1,6}) seconds?\b/i.exec(message)?.[1];
  const waits = [retryAfterOf(answer, now), seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, hour)];
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function complaintOf({ status, text }: HttpAnswer): Complaint {
  const members = status < 400 ? {} : (membersOf(jsonOf(text)) ?? {});
  const { error, message, reqId } = members;
  const issues: readonly unknown[] = Array.isArray(message) ? message : [];
  const fields = issues.flatMap((issue) => {
    const path = membersOf(issue)?.['path'];
    const steps: readonly unknown[] = Array.isArray(path) ? path : [];
    const [field] = steps;
    return typeof field === 'string' && ours.has(field) ? [field] : [];
  });
  return {
    error: typeof error === 'string' && names.has(error) ? error : undefined,
    message: typeof message === 'string' ? message.slice(0, 1000) : '',
    fields: [...new Set(fields)],
    request: typeof reqId === 'string' && /^req-[A-Za-z0-9]{4,32}$/.test(reqId) ? reqId : undefined,
  };
}
