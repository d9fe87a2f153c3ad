import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { unlessAborted } from './unless-aborted.js';

/** Leases that go back to one place at a time: two connections to it are left for what is asked for meanwhile. */
const atATime = 6;

/**
 * The way back to one place that leases come from: a few at a time, the others in the order in which they came. Where one is not answered
 * in its time, nor any other since it began, the place is given up for those that wait: they would take as long, one after the other.
 */
export class WayBack {
  readonly #timeout: () => number;
  readonly #waiting = new Set<{ readonly go: () => void; readonly giveUp: (why: Refusal) => void }>();
  #underWay = 0;
  #answers = 0;

  /** For one lease, milliseconds. */
  constructor(timeout: () => number) {
    this.#timeout = timeout;
  }

  /** Rejects as `revoke` does, or with a refusal: it took too long, or the signal aborted before its turn had come. */
  async send(revoke: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.#underWay >= atATime) await this.#turn(signal);
    else this.#underWay += 1;
    try {
      await this.#once(revoke);
    } finally {
      const [next] = this.#waiting;
      if (next === undefined) this.#underWay -= 1;
      else next.go();
    }
  }

  async #once(revoke: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const [controller, timeout, before] = [new AbortController(), this.#timeout(), this.#answers];
    const timer = setTimeout(() => controller.abort(tooLate(`within ${timeout} ms`)), timeout);
    try {
      // One that does not listen to the signal must not hold the end of the program up.
      await unlessAborted(revoke(controller.signal), controller.signal);
    } finally {
      clearTimeout(timer);
      if (!controller.signal.aborted) this.#answers += 1;
      else if (this.#answers === before) this.#giveUp();
    }
  }

  /** Its place under way is handed over by the one before it. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', abort);
      };
      const abort = (): void => waiting.giveUp(tooLate('in time, as there were many'));
      const waiting = {
        go: () => {
          end();
          resolve();
        },
        giveUp: (why: Refusal) => {
          end();
          reject(why);
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
    });
  }

  #giveUp(): void {
    const why = tooLate('as nothing was answered to others before it');
    for (const { giveUp } of [...this.#waiting]) giveUp(why);
  }
}

function tooLate(how: string): Refusal {
  return new Refusal('secret_unavailable', { cause: new Reason(`it was not given back ${how}`) });
}
