import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/** A secret that cannot be had. `why` is for the operator: it names the place, never a value. */
export function unavailable(name: string, why: string): Refusal {
  return new Refusal('secret_unavailable', { cause: new Reason(`the secret ${name} is not available: ${why}`) });
}
