/** Runs steps one after the other, of which some take time; those that take none, at once. After one has failed, none is run. */
export class InOrder {
  readonly #fail: (error: unknown) => void;
  #last: Promise<void> | undefined;
  #failed = false;

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** `done` is part of the step: the next one waits for it, too. */
  run<T>(step: () => T | Promise<T>, done: (result: T) => void): void {
    if (this.#failed) return;
    if (this.#last !== undefined) {
      this.#wait(this.#last.then(() => (this.#failed ? undefined : Promise.resolve(step()).then(done))));
      return;
    }
    try {
      const result = step();
      if (result instanceof Promise) this.#wait(result.then(done));
      else done(result);
    } catch (error) {
      this.#stop(error);
    }
  }

  #wait(step: Promise<void>): void {
    const settled = step
      .catch((error: unknown) => this.#stop(error))
      .then(() => {
        if (this.#last === settled) this.#last = undefined;
      });
    this.#last = settled;
  }

  #stop(error: unknown): void {
    this.#failed = true;
    this.#fail(error);
  }
}
