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

  /** `onPassed` is called once each time a deadline that was set has passed. */
  watch(onPassed: () => void): Deadline {
    const watched = new Watched(onPassed, (gone) => this.#forget(gone));
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#sweep(), sweepInterval).unref();
    return watched;
  }

  #sweep(): void {
    const now = performance.now();
    for (const watched of this.#watched) watched.passIfDue(now);
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
  readonly #forget: (watched: Watched) => void;
  #at = Infinity;

  constructor(onPassed: () => void, forget: (watched: Watched) => void) {
    this.#onPassed = onPassed;
    this.#forget = forget;
  }

  set(milliseconds: number): void {
    this.#at = performance.now() + milliseconds;
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
