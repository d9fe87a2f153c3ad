/** Uses kept until their end comes; the oldest go first. */
const mostOpen = 20_000;
/** What an `end` leaves to its `use`. */
const told = ['client', 'subject', 'client_address', 'method', 'scheme', 'host', 'port', 'path', 'policy', 'secrets'];

type Fields = Readonly<Record<string, unknown>>;

/** Gives each `end` what its `use` said of the request, so that it can be asked for by client or host. */
export class Joiner {
  readonly #open = new Map<unknown, Fields>();

  join(record: Fields): Fields {
    const { id, kind } = record;
    if (kind === 'use') {
      this.#open.set(id, Object.fromEntries(told.map((name) => [name, record[name]])));
      if (this.#open.size > mostOpen) this.#open.delete(this.#open.keys().next().value);
    }
    const use = kind === 'end' ? this.#open.get(id) : undefined;
    if (use === undefined) return record;
    this.#open.delete(id);
    return { ...use, ...record };
  }
}
