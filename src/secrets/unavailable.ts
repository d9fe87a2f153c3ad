import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/**
 * Why a secret cannot be had. `down`: its source cannot answer now (unreachable, late, sealed, failing, talking nonsense): what it gave
 * before is used until it expires. `throttled`: it wants to be left alone for a while, and the same holds. `denied`, `missing`: it answered,
 * and what it gave before is not used any more. `login`: it did not let us in; tried again only after a long pause, as many lock out those
 * who try often. `untried`: in a trial only, as getting it would use up what cannot be had again.
 */
export type FailureKind = 'down' | 'throttled' | 'denied' | 'missing' | 'login' | 'untried';

/** The cause of a `secret_unavailable`; also what stands for it where the name of the secret is not known yet. */
export class Unavailability extends Reason {
  readonly kind: FailureKind;
  /** How long it wants to be left alone, milliseconds, where it says so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, kind: FailureKind, retryAfter?: number) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** A secret that cannot be had. `why` is for the operator: it names the place, never a value. */
export function unavailable(name: string, why: string, kind: FailureKind = 'down', retryAfter?: number): Refusal {
  return new Refusal('secret_unavailable', { cause: new Unavailability(`${saying(name)}${why}`, kind, retryAfter) });
}

/** Why a secret cannot be had, by its refusal or the cause of that, for whoever has named the secret already. */
export function whyUnavailable(name: string, { cause, message }: Error): string {
  const why = cause instanceof Error ? cause.message : message;
  return why.startsWith(saying(name)) ? why.slice(saying(name).length) : why;
}

function saying(name: string): string {
  return `the secret ${name} is not available: `;
}

/** A backend's own message may repeat what it was sent or what it holds: of a foreign error only the code goes on. */
export function refusalFor(name: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  return unavailable(name, code === undefined ? 'fetching it failed' : `fetching it failed with ${code}`);
}
