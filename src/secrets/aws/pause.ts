import type { Clock } from '../../core/clock.js';
import type { AwsFailure } from './failure.js';

/** Keys that were refused are not tried again sooner, milliseconds. */
const length = 60_000;
const most = 1000;

/** Keys and logins that AWS has refused: the answer is given from memory for a while, so that nothing goes in a circle. */
export interface Pauses {
  /** Throws the failure of before where it is still too early. */
  check(name: string): void;
  begin(name: string, failure: AwsFailure): void;
}

export function createPauses({ elapsed }: Pick<Clock, 'elapsed'>): Pauses {
  const pauses = new Map<string, { readonly failure: AwsFailure; readonly until: number }>();
  return {
    check(name) {
      const pause = pauses.get(name);
      if (pause === undefined) return;
      if (elapsed() < pause.until) throw pause.failure;
      pauses.delete(name);
    },
    begin(name, failure) {
      const [oldest] = pauses.size >= most ? pauses.keys() : [];
      if (oldest !== undefined) pauses.delete(oldest);
      pauses.delete(name);
      pauses.set(name, { failure, until: elapsed() + length });
    },
  };
}
