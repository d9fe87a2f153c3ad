import type { Authority, Caller } from '../core/message.js';
import { formatAuthority } from '../policy/authority.js';
import type { CallerIndex } from '../identity/index.js';
import type { Decider } from '../policy/decide.js';

/** A connection that goes on long after it was decided: a blind tunnel, or one that changed its protocol. */
export interface Standing {
  readonly connection: { destroy(): unknown; once(event: 'close', listener: () => void): unknown };
  readonly caller: Caller;
  readonly authority: Authority;
  /** Decides it once more, by other rules; throws the refusal. */
  readonly decide: (decider: Decider<unknown>) => unknown;
}

/** Who is known, and what they may. */
interface Rules {
  readonly callers: CallerIndex;
  readonly decider: Decider<unknown>;
}

/**
 * Nothing is read in such a connection that could be decided by new rules, so whenever the configuration has changed,
 * each is asked for again as a whole, and cut where it would not be opened now.
 */
export class StandingConnections {
  readonly #standing = new Set<Standing>();
  #current: Rules | undefined;

  get size(): number {
    return this.#standing.size;
  }

  /** `rules` are those it was decided with: where others have come meanwhile, it is asked for again at once. */
  add(standing: Standing, rules: Rules): void {
    this.#standing.add(standing);
    standing.connection.once('close', () => this.#standing.delete(standing));
    if (this.#current !== undefined && this.#current !== rules) review(standing, this.#current, nothing);
  }

  /** From now on these rules decide. `moved` are the destinations, `host:port`, that are reached in another way than before. */
  review(rules: Rules, moved: ReadonlySet<string> = nothing): void {
    this.#current = rules;
    for (const standing of this.#standing) review(standing, rules, moved);
  }
}

const nothing: ReadonlySet<string> = new Set();

function review({ connection, caller, authority, decide }: Standing, rules: Rules, moved: ReadonlySet<string>) {
  try {
    rules.callers.confirm(caller);
    decide(rules.decider);
    if (!moved.has(formatAuthority(authority))) return;
  } catch {
    // Whatever the reason: it would not be opened now.
  }
  connection.destroy();
}
