import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';

/** Address and name pairs remembered; the one longest without a mistake goes first. */
const remembered = 10_000;
/** Characters of a name that count: a caller must not decide how much memory its mistakes take. */
const nameLength = 128;

interface Mistakes {
  count: number;
  /** Monotonic milliseconds: until then it has to wait. */
  until: number;
}

/** Slows guessing down: by address and name, so that one caller's mistakes never lock another out. */
export class BackOff {
  readonly #mistakes: Map<string, Mistakes>;
  readonly #limits: Pick<Limits, 'wrongCredentials' | 'wrongCredentialsPause'>;
  readonly #clock: Clock;

  /** `before`: whose mistakes are remembered: a new configuration forgives nobody. */
  constructor(limits: Pick<Limits, 'wrongCredentials' | 'wrongCredentialsPause'>, clock: Clock, before?: BackOff) {
    this.#limits = limits;
    this.#clock = clock;
    this.#mistakes = before === undefined ? new Map<string, Mistakes>() : before.#mistakes;
  }

  /** Throws `caller_backed_off` while this address and name have to wait. */
  check(address: string, name: string): void {
    const known = this.#mistakes.get(keyOf(address, name));
    if (known !== undefined && this.#clock.elapsed() < known.until) throw new Refusal('caller_backed_off');
  }

  mistake(address: string, name: string): void {
    const key = keyOf(address, name);
    const known = this.#mistakes.get(key) ?? { count: 0, until: 0 };
    known.count += 1;
    if (known.count >= this.#limits.wrongCredentials) {
      known.until = this.#clock.elapsed() + this.#limits.wrongCredentialsPause;
      known.count = 0;
    }
    this.#mistakes.delete(key);
    this.#mistakes.set(key, known);
    const [oldest] = this.#mistakes.size > remembered ? this.#mistakes.keys() : [];
    if (oldest !== undefined) this.#mistakes.delete(oldest);
  }

  success(address: string, name: string): void {
    this.#mistakes.delete(keyOf(address, name));
  }
}

function keyOf(address: string, name: string): string {
  return `${address} ${name.slice(0, nameLength)}`;
}
