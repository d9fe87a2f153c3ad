/** What was counted since the last report. */
export interface NoiseReport {
  /** How often, by refusal code. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first of the addresses it came from. */
  readonly client_addresses: readonly string[];
  readonly seconds: number;
}

const mostCodes = 64;
const mostAddresses = 16;
/** What codes are counted under once there are too many of them. */
const otherCode = 'other';

/** Counts what nobody known asked for, in memory that a flood cannot grow (OWASP: log injection and exhaustion). Pure. */
export class Noise {
  readonly #counts = new Map<string, number>();
  readonly #addresses = new Set<string>();
  #since = 0;

  get empty(): boolean {
    return this.#counts.size === 0;
  }

  /** `now` in milliseconds of a monotonic clock. */
  count(code: string, address: string, now: number): void {
    if (this.empty) this.#since = now;
    const known = this.#counts.has(code) || this.#counts.size < mostCodes ? code : otherCode;
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
    if (this.#addresses.size < mostAddresses) this.#addresses.add(address);
  }

  report(now: number): NoiseReport {
    const seconds = Math.round((now - this.#since) / 1000);
    return { counts: Object.fromEntries(this.#counts), client_addresses: [...this.#addresses], seconds };
  }

  clear(): void {
    this.#counts.clear();
    this.#addresses.clear();
  }
}
