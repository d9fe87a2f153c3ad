/** Something that several have at once: it is closed when the last of them has let go of it, and as that one says. */
export class Shared<T, How = void> {
  readonly value: T;
  readonly #close: (how: How) => Promise<void>;
  #owners = 0;

  constructor(value: T, close: (how: How) => Promise<void>) {
    this.value = value;
    this.#close = close;
  }

  /**
   * Has it until the returned function is called, whose promise is settled, for the last one, when it is closed. Calling that again
   * changes nothing. What was closed cannot be had again: throws `TypeError`.
   */
  hold(): (how: How) => Promise<void> {
    if (this.#owners < 0) throw new TypeError('what is closed cannot be shared any more');
    this.#owners += 1;
    let letGo: Promise<void> | undefined;
    return (how) => {
      letGo ??= this.#release(how);
      return letGo;
    };
  }

  async #release(how: How): Promise<void> {
    this.#owners -= 1;
    if (this.#owners > 0) return;
    this.#owners = Number.NEGATIVE_INFINITY;
    await this.#close(how);
  }
}
