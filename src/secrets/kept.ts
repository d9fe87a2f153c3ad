import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Sealed } from '../core/sealed.js';
import type { Backend } from './backend.js';
import type { Ending } from './ending.js';
import { GivingBack } from './giving-back.js';
import { Holding } from './holding.js';
import type { HoldingTerms } from './holding-terms.js';
import type { Credential, FetchContext, Source } from './index.js';
import { unavailable } from './unavailable.js';
import { unlessAborted } from './unless-aborted.js';
import type { WayBack } from './way-back.js';

export interface NamedSource {
  /** What the audit calls it. */
  readonly kind: string;
  readonly source: Source;
  /** The secrets that it is made from, by name: where their values differ by caller, so does this one's. */
  readonly parts?: readonly string[];
  /** Its fields that are not secret. */
  readonly plainFields?: readonly string[] | undefined;
  /** May it be sent to this `host` or `host:port`? For what is made from it. */
  readonly mayGoTo: (host: string) => boolean;
  /** It has no hosts at all: it only makes others. */
  readonly staysHere?: boolean;
  /** What it reads from: closed after it. */
  readonly backend?: Backend | undefined;
  /** Closes what was opened for it. Never rejects. */
  readonly close?: () => Promise<void>;
}

export interface KeptTerms extends Omit<HoldingTerms, 'name' | 'kind' | 'source' | 'givingBack' | 'secretFor'> {
  readonly wayBack: WayBack;
}

/** How long sources may take to end what they were asked, milliseconds: a holding tells them after two seconds to do so. */
const lastWords = 3000;
/** Callers whose own values of one secret are kept; whoever asked longest ago goes first. */
const mostCallers = 10_000;

/**
 * One secret with all that is held of it, for as long as the configurations that have it say the same of it. It knows those that it is
 * made from itself: what another configuration calls by their names is none of its parts.
 */
export class Kept {
  readonly named: NamedSource;
  readonly #name: string;
  readonly #parts: ReadonlyMap<string, Kept>;
  readonly #givingBack: GivingBack;
  readonly #terms: HoldingTerms;
  /** By what its source keeps values by. */
  readonly #holdings = new Map<string, Holding>();
  #closed = false;

  constructor(name: string, named: NamedSource, parts: ReadonlyMap<string, Kept>, terms: KeptTerms) {
    const { wayBack, ...rest } = terms;
    this.named = named;
    this.#name = name;
    this.#parts = parts;
    this.#givingBack = new GivingBack({ onEvent: terms.onEvent, wayBack });
    this.#terms = {
      ...rest,
      name,
      kind: named.kind,
      source: named.source,
      plainFields: named.plainFields,
      givingBack: this.#givingBack,
      secretFor:
        (caller, signal) =>
        (...asked) =>
          this.#partOf(caller, signal, ...asked),
    };
  }

  ready(caller: Caller): Credential | undefined {
    return this.#closed ? undefined : this.#holding(caller).ready();
  }

  async acquire(caller: Caller, signal?: AbortSignal): Promise<Credential> {
    if (this.#closed) throw new Refusal('draining');
    const holding = this.#holding(caller);
    return holding.ready() ?? (await unlessAborted(holding.acquired(), signal));
  }

  rejected(credential: Credential, caller: Caller): Promise<Credential | undefined> {
    return this.#closed ? Promise.resolve(undefined) : this.#holding(caller).rejected(credential);
  }

  /** As `Holding` has it, for every caller. */
  retryLogin(): void {
    for (const holding of this.#holdings.values()) holding.retryLogin();
  }

  /** Gives back what is held, and closes what was opened for it. Never rejects. */
  async close({ leases }: Pick<Ending, 'leases'>): Promise<void> {
    this.#closed = true;
    const ended = Promise.all(Array.from(this.#holdings.values(), (holding) => holding.close()));
    // A source that does not end when it is told to must not hold the end of the program up.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lastWords);
      void ended.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    await this.#givingBack.all(leases);
    await this.named.close?.();
  }

  #holding(caller: Caller): Holding {
    const key = this.#keyOf(caller);
    const known = this.#holdings.get(key);
    const holding = known ?? new Holding(this.#terms, caller);
    if (key === '') {
      if (known === undefined) this.#holdings.set(key, holding);
      return holding;
    }
    this.#holdings.delete(key);
    this.#holdings.set(key, holding);
    const [oldest] = this.#holdings.size > mostCallers ? this.#holdings.keys() : [];
    if (oldest !== undefined) {
      void this.#holdings.get(oldest)?.close();
      this.#holdings.delete(oldest);
    }
    return holding;
  }

  /** What values for this caller are kept by; empty where they are the same for all. */
  #keyOf(caller: Caller): string {
    const own = this.named.source.keyFor?.(caller);
    if (this.#parts.size === 0) return own ?? '';
    const ofParts = Array.from(this.#parts.values(), (part) => part.#keyOf(caller));
    return own === undefined && ofParts.every((key) => key === '') ? '' : JSON.stringify([own, ...ofParts]);
  }

  /** One field of another secret. It is used where it may go, or not at all. */
  async #partOf(
    caller: Caller,
    signal: AbortSignal,
    ...[reference, to, use]: Parameters<FetchContext['secret']>
  ): Promise<Sealed> {
    const { name, field } = reference;
    const part = this.#parts.get(name);
    if (part === undefined) throw unavailable(name, `${this.#name} is not made from it`, 'missing');
    const { mayGoTo, staysHere = false } = part.named;
    if (to !== undefined && !mayGoTo(to) && !(use === 'signs' && staysHere)) {
      throw unavailable(name, `it would be sent to ${to}, which is not among its hosts`, 'denied');
    }
    return (await part.acquire(caller, signal)).field(field);
  }
}
