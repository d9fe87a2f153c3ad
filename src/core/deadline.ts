/** A moment after which something is given up. Moving it costs an assignment: it moves with every read of every connection. */
export interface Deadline {
  /** So many milliseconds from now, and as much later as a sweep takes. */
  set(milliseconds: number): void;
  clear(): void;
  /** No longer watched. */
  close(): void;
}

const sweepInterval = 250;

/** Watches any number of deadlines with one timer, which runs only while there are any. */
export class Deadlines {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  /** The time of the last sweep: deadlines are set far more often than time matters to them. */
  #now = 0;

  /** `onPassed` is called once each time a deadline that was set has passed. */
  watch(onPassed: () => void): Deadline {
    const watched = new Watched(
      onPassed,
      () => this.#now,
      (gone) => this.#forget(gone),
    );
    this.#watched.add(watched);
    if (this.#timer === undefined) {
      this.#now = performance.now();
      this.#timer = setInterval(() => this.#sweep(), sweepInterval).unref();
    }
    return watched;
  }

  #sweep(): void {
    this.#now = performance.now();
    for (const watched of this.#watched) watched.passIfDue(this.#now);
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

class Watched implements Deadline {
  readonly #onPassed: () => void;
  readonly #now: () => number;
  readonly #forget: (watched: Watched) => void;
  #at = Infinity;

  constructor(onPassed: () => void, now: () => number, forget: (watched: Watched) => void) {
    this.#onPassed = onPassed;
    this.#now = now;
    this.#forget = forget;
  }

  set(milliseconds: number): void {
    // The last sweep was up to one interval ago.
    this.#at = this.#now() + sweepInterval + milliseconds;
  }

  clear(): void {
    this.#at = Infinity;
  }

  close(): void {
    this.#at = Infinity;
    this.#forget(this);
  }

  passIfDue(now: number): void {
    if (now < this.#at) return;
    this.#at = Infinity;
    this.#onPassed();
  }
}
