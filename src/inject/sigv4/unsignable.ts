import { Reason } from '../../core/reason.js';
import { Refusal } from '../../core/refusal.js';

/** A request that cannot be signed. `why` goes on from 'the request'; neither it nor the hint repeats what the caller sent. */
export function unsignable(why: string, hint?: string): Refusal {
  return new Refusal('unsignable', {
    cause: new Reason(`the request ${why}`),
    ...(hint !== undefined && { hint }),
  });
}
