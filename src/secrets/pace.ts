import type { FailureKind, Unavailability } from './unavailable.js';

/** A value that ends sooner than this is not used any more, milliseconds; of one that lives shorter than five minutes, a tenth. */
const lastMoments = 30_000;
const second = 1000;
/** What a timer of Node's can hold; beyond it fires at once. */
const longestTimer = 2 ** 31 - 1;

/** When what was fetched at `fetchedAt` is asked for again, and when it is not used any more. Milliseconds since the epoch. */
export interface Lifetime {
  readonly refreshAt: number;
  readonly stopAt: number;
}

/** At two thirds of its life, a tenth sooner or later by chance, so that what began together does not go on together. */
export function lifetimeOf(fetchedAt: number, expiresAt: number, random: number, refreshAt?: number): Lifetime {
  if (expiresAt === Number.POSITIVE_INFINITY) return { refreshAt: refreshAt ?? expiresAt, stopAt: expiresAt };
  const life = expiresAt - fetchedAt;
  const stopAt = expiresAt - Math.min(lastMoments, life / 10);
  const third = fetchedAt + (life * 2) / 3 + life * 0.1 * (random - 0.5);
  return { refreshAt: Math.min(refreshAt ?? third, stopAt), stopAt };
}

/** For `setTimeout`; one that is cut short has to be set again. */
export function timerFor(wait: number): number {
  return Math.min(Math.max(wait, 0), longestTimer);
}

const first: Readonly<Record<FailureKind, number>> = {
  down: second,
  throttled: 5 * second,
  denied: 5 * second,
  missing: second,
  login: 60 * second,
  untried: second,
};
/** A source that is back is noticed by then; a login is what many lock out. */
const longest: Readonly<Record<FailureKind, number>> = {
  down: 15 * second,
  throttled: 60 * second,
  denied: 60 * second,
  missing: 5 * second,
  login: 60 * second,
  untried: second,
};
/** As long as a source may ask for, at most. */
const longestPause = 600 * second;

/**
 * How long the answer to a fetch that failed, for the `count`th time in a row, is given without asking again: a source that struggles is
 * left alone for longer each time.
 */
export function failureLifetime(cause: Unavailability | undefined, count: number): number {
  const kind = cause?.kind ?? 'down';
  const doubled = Math.min(first[kind] * 2 ** Math.min(count - 1, 10), longest[kind]);
  return Math.max(doubled, Math.min(cause?.retryAfter ?? 0, longestPause));
}
