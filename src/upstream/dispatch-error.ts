import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';

/** What went wrong between us and the destination, as a refusal. Nothing of what was read or sent is in it. */
export function dispatchRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Malformed && error.kind === 'coding') return new Refusal('response_coding');
  return new Refusal('destination_protocol', { cause: error });
}
