import type { HttpAnswer } from '../net/client.js';
import { Refusal } from '../core/refusal.js';
import { Reason } from '../core/reason.js';
import type { Sealed } from '../core/sealed.js';
import { seal } from './seal.js';
import { Unavailability, unavailable, type FailureKind } from './unavailable.js';

/** The members of an object in JSON; undefined for what is none. Nothing of a text that is no JSON goes into an error. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A text as JSON; undefined where it is none. The parser repeats the text in its message: nothing of it may go on. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The object that an answer holds. Throws `secret_unavailable` (down) where there is none. */
export function objectIn(name: string, { text }: HttpAnswer, from: string): Readonly<Record<string, unknown>> {
  const members = membersOf(jsonOf(text));
  if (members === undefined) throw unavailable(name, `${from} answered with what is not a JSON object`);
  return members;
}

/** Text members as they are, numbers and booleans as JSON has them; others have no one form on the wire and are left out. */
export function sealMembers(
  name: string,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Sealed>> {
  const texts = Object.entries(members).flatMap(([field, value]): [string, Sealed][] => {
    if (typeof value === 'string') return [[field, seal(name, value)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[field, seal(name, String(value))]] : [];
  });
  // `fromEntries` makes `__proto__` a member like any other.
  return Object.fromEntries(texts);
}

/** The kinds of failure that statuses of HTTP stand for where a backend means nothing else by them. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'denied';
  if (status === 404 || status === 410) return 'missing';
  return status === 429 ? 'throttled' : 'down';
}

/**
 * A refusal that is neither an object nor a list in JSON comes from something that stands before the backend, such as the page of a load balancer: it says
 * nothing of what was asked for, and what was given before holds.
 */
export function isForeign({ status, text }: Pick<HttpAnswer, 'status' | 'text'>): boolean {
  if (status < 400 || status >= 500 || status === 429) return false;
  const said = jsonOf(text);
  return typeof said !== 'object' || said === null;
}

/** `Retry-After` in milliseconds (RFC 9110 section 10.2.3), at most an hour; undefined where there is none that can be read. */
export function retryAfterOf({ headers }: HttpAnswer, now: number): number | undefined {
  const text = headers.get('retry-after') ?? '';
  const until = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(until) ? undefined : Math.min(Math.max(until, 0), 3_600_000);
}

/** What came of asking a backend, as the refusal of this secret: our own refusals as they are, of others only what is ours to say. */
export function asUnavailable(name: string, error: unknown): unknown {
  if (error instanceof Refusal) return error;
  if (error instanceof Unavailability) return unavailable(name, error.message, error.kind, error.retryAfter);
  return error instanceof Reason ? unavailable(name, error.message) : error;
}
