import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 make every object young. It notices places of the program whose objects outlive a collection, and from then on makes those of
 * the same place old at once ("allocation site pretenuring"). A proxy that starts with a small young generation and many requests
 * under way teaches it so for all that belongs to a request, which is over in a millisecond: each then leaves some KiB that only a
 * collection of everything frees, and what they point to outlives with them (docs/decisions/0042).
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
