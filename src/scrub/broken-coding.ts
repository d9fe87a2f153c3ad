import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/** Why a body in a content coding cannot be searched to its end. */
const reasons = {
  broken: 'the body is not what its content coding says',
  expands: 'the body expands further than is searched',
  masked: 'too much of the body would have to be held to send it masked',
  waits: 'too much of the body would have to be held before it is known what it says',
} as const;

/** The refusal of such a body; of the body itself nothing is kept. */
export function brokenCoding(why: keyof typeof reasons = 'broken'): Refusal {
  return new Refusal('response_coding', { cause: new Reason(reasons[why]) });
}
