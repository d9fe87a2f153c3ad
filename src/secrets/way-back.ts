import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { unlessAborted } from './unless-aborted.js';

/** Leases that go back to one place at a time: two connections to it are left for what is asked for meanwhile. */
const atATime = 6;

/** Who came together is treated alike, though a loop and timers take their moments: this part of the time for one lease. */
const sameMoment = 0.1;

/**
 * The way back to one place that leases come from: a few at a time, the others in the order in which they came. Where one is not answered
 * in its time, nor any other since it began, those are given up that have waited for as long too: they would take as long, one after the
 * other. All that wait are, where as many as can be under way went without an answer, one after the other.
 */
export class WayBack {
  readonly #timeout: () => number;
  readonly #waiting = new Set<Waiting>();
  #underWay = 0;
  #answers = 0;
  /** Without an answer, since there was one. */
  #unanswered = 0;

  /** For one lease, milliseconds. */
  constructor(timeout: () => number) {
    this.#timeout = timeout;
  }

  /** Rejects as `revoke` does, or with a refusal: it took too long, or the signal aborted, before its turn had come or after. */
  async send(revoke: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.#underWay >= atATime) await this.#turn(signal);
    else this.#underWay += 1;
    try {
      await this.#once(revoke, signal);
    } finally {
      const [next] = this.#waiting;
      if (next === undefined) this.#underWay -= 1;
      else next.go();
    }
  }

  async #once(revoke: (signal: AbortSignal) => Promise<void>, end: AbortSignal): Promise<void> {
    const [controller, timeout, before] = [new AbortController(), this.#timeout(), this.#answers];
    const timer = setTimeout(() => controller.abort(tooLate(`within ${timeout} ms`)), timeout);
    const cut = (): void => controller.abort(tooLate('before the end'));
    end.addEventListener('abort', cut);
    if (end.aborted) cut();
    try {
      // One that does not listen to the signal must not hold the end of the program up.
      await unlessAborted(revoke(controller.signal), controller.signal);
    } finally {
      clearTimeout(timer);
      end.removeEventListener('abort', cut);
      if (!controller.signal.aborted) {
        this.#answers += 1;
        this.#unanswered = 0;
      } else if (!end.aborted) {
        this.#unanswered += 1;
        if (this.#answers === before) this.#giveUp(timeout);
      }
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
      const waiting: Waiting = {
        since: performance.now(),
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

  /** `timeout`: how long one went without an answer. */
  #giveUp(timeout: number): void {
    const why = tooLate('as nothing was answered to others before it');
    const latest = performance.now() - timeout * (1 - sameMoment);
    const isDead = this.#unanswered >= atATime;
    for (const { since, giveUp } of [...this.#waiting]) if (isDead || since <= latest) giveUp(why);
  }
}

interface Waiting {
  /** When it came, milliseconds of this process. */
  readonly since: number;
  readonly go: () => void;
  readonly giveUp: (why: Refusal) => void;
}

function tooLate(how: string): Refusal {
  return new Refusal('secret_unavailable', { cause: new Reason(`it was not given back ${how}`) });
}
