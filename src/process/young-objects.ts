import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 make every object young. Left alone, it notices places of the program whose objects outlive a collection, and makes those of the
 * same place old at once from then on ("allocation site pretenuring"). It came to think so of what belongs to a request and is over in a
 * millisecond: each request left some KiB that only a collection of everything frees, and what they point to (docs/decisions/0042).
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
