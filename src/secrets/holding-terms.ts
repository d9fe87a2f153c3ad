import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Caller } from '../core/message.js';
import type { OnSecretEvent } from './event.js';
import type { GivingBack } from './giving-back.js';
import type { Credential, FetchContext, HeldLease, Source } from './index.js';
import type { Lifetime } from './pace.js';

/** What one secret is held by. */
export interface HoldingTerms {
  readonly name: string;
  readonly kind: string;
  readonly source: Source;
  readonly plainFields?: readonly string[] | undefined;
  readonly limits: Pick<Limits, 'secretTimeout'>;
  readonly clock: Clock;
  readonly fingerprintKey: Buffer;
  readonly onEvent: OnSecretEvent;
  readonly givingBack: GivingBack;
  readonly random: () => number;
  /** For a source that is made from other secrets. */
  readonly secretFor: (caller: Caller, signal: AbortSignal) => FetchContext['secret'];
}

export interface Held extends Lifetime {
  readonly credential: Credential;
  readonly expiresAt: number;
  readonly fetchedAt: number;
  readonly lease: HeldLease | undefined;
}

/** For events, which have no time for what does not end. */
export function finite(time: number | undefined): number | undefined {
  return time !== undefined && Number.isFinite(time) ? time : undefined;
}
