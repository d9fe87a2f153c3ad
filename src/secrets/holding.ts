import type { Caller } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { toCredential } from './credential.js';
import type { SecretEvent } from './event.js';
import { reasonOf } from './giving-back.js';
import { finite, type Held, type HoldingTerms } from './holding-terms.js';
import type { Credential, Fetched, HeldLease } from './index.js';
import { failureLifetime, lifetimeOf, timerFor } from './pace.js';
import { refusalFor, Unavailability, unavailable } from './unavailable.js';
import { unlessAborted } from './unless-aborted.js';

/** A destination that refuses what it is given is not a reason to ask the source more often than this, milliseconds. */
const betweenRejections = 60_000;
/** At the end, for what a source was asked before, milliseconds: a lease that it has made cannot be given back unless its answer comes. */
const lastWords = 2000;

/**
 * One secret as it is held: one fetch at a time, however many ask; the same credential object for as long as its version stays; asked for
 * again before it ends, while the old one is still used; nothing used in its last moments; a failure repeated for a while, so that a
 * struggling source is left alone; its lease renewed while it is used, and given back when it is not.
 */
export class Holding {
  readonly #terms: HoldingTerms;
  readonly #caller: Caller;
  #held: Held | undefined;
  #failed: { readonly refusal: Refusal; readonly until: number } | undefined;
  #failures = 0;
  #fetching: { readonly credential: Promise<Credential>; readonly controller: AbortController } | undefined;
  /** What its source does: settles when it has ended, whoever still waits for it. */
  #asked: Promise<void> | undefined;
  /** For those who wait for the fetch under way: aborts with it, or before it. */
  #leaving = new AbortController();
  /** Whether its values have leases; undefined as long as none has come. */
  #hasLeases: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether it was asked for since its lease was fetched or renewed. */
  #used = false;
  #rejectedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** Where values differ by caller it is this caller's, else the first one's that asked. */
  constructor(terms: HoldingTerms, caller: Caller) {
    this.#terms = terms;
    this.#caller = caller;
  }

  /** The credential, where it can be used without asking anybody. Throws what a moment ago was the answer. */
  ready(): Credential | undefined {
    const now = this.#terms.clock.now();
    const held = this.#held;
    if (held !== undefined && now < held.stopAt) {
      this.#used = true;
      if (now >= held.refreshAt && !this.#isFailed()) this.acquired().catch(() => undefined);
      return held.credential;
    }
    if (this.#failed !== undefined && this.#isFailed()) throw this.#failed.refusal;
    return undefined;
  }

  /** Asks the source, or waits with whoever asked first. */
  acquired(): Promise<Credential> {
    this.#used = true;
    if (this.#fetching === undefined) {
      const controller = new AbortController();
      const credential = this.#fetch(controller).finally(() => {
        this.#fetching = undefined;
      });
      this.#fetching = { credential, controller };
    }
    return this.#fetching.credential;
  }

  /** A destination has refused this credential. Resolves to another one where there is one. */
  async rejected(refused: Credential): Promise<Credential | undefined> {
    const { clock } = this.#terms;
    const current = this.#held?.credential;
    const isOver = this.#held !== undefined && clock.now() >= this.#held.expiresAt;
    if (current !== undefined && current.version !== refused.version && !isOver) return current;
    if (clock.elapsed() < this.#rejectedAt + betweenRejections || this.#isFailed()) return undefined;
    this.#rejectedAt = clock.elapsed();
    // A source that is down says nothing: what it gave before is used on, as one destination's word must not take it from all others.
    const fetched = await this.acquired().catch(() => undefined);
    return fetched === undefined || fetched.version === refused.version ? undefined : fetched;
  }

  /** Resolves when its source has ended what it was asked, so that a lease that came meanwhile is on its way back. Nobody else waits. */
  async close(): Promise<void> {
    const stop = this.#fetching?.controller;
    this.#closed = true;
    this.#leaving.abort(new Refusal('draining'));
    this.#drop(true);
    const timer = setTimeout(() => stop?.abort(new Refusal('draining')), lastWords);
    await this.#asked;
    clearTimeout(timer);
  }

  /** What a login was refused for may have been mended: the next who asks finds out. */
  retryLogin(): void {
    const cause = this.#failed?.refusal.cause;
    if (cause instanceof Unavailability && cause.kind === 'login') this.#failed = undefined;
  }

  #isFailed(): boolean {
    return this.#failed !== undefined && this.#terms.clock.elapsed() < this.#failed.until;
  }

  async #fetch(controller: AbortController): Promise<Credential> {
    const { signal } = controller;
    const { name, source, limits, secretFor } = this.#terms;
    const leaving = (this.#leaving = new AbortController());
    signal.addEventListener('abort', () => leaving.abort(signal.reason));
    const late = unavailable(name, `it did not come within ${limits.secretTimeout} ms (limits.secret_timeout)`);
    const timer = setTimeout(() => controller.abort(late), limits.secretTimeout);
    try {
      const asked = source.fetch({ caller: this.#caller, signal, secret: secretFor(this.#caller, signal) });
      // What comes when nobody waits for it any more is nobody's, but its source keeps it alive.
      this.#asked = asked.then(
        ({ lease, expiresAt }) => {
          if (signal.aborted || this.#closed) this.#giveBack(lease, false, expiresAt);
        },
        () => this.#cut(signal),
      );
      // A source has to end when the signal aborts; one that does not must not hold requests for longer.
      return this.#take(await unlessAborted(asked, leaving.signal));
    } catch (error) {
      throw this.#fail(refusalFor(name, signal.aborted ? signal.reason : error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** A fetch that failed: where the end has stopped it, nobody knows whether the source has made a lease. */
  #cut({ aborted }: AbortSignal): void {
    if (!this.#closed || !aborted || this.#hasLeases === false) return;
    this.#tell('unrevoked', new Reason('the answer of its source did not come before the end: a lease may live on'));
  }

  #take(fetched: Fetched): Credential {
    const { name, kind, clock, fingerprintKey, random, givingBack, plainFields } = this.#terms;
    const now = clock.now();
    const { expiresAt, refreshAt, lease } = fetched;
    const before = this.#held;
    this.#hasLeases = lease !== undefined;
    try {
      if (this.#closed) throw new Refusal('draining');
      if (expiresAt !== undefined && expiresAt <= now) throw unavailable(name, 'it has expired');
      const isSame = before?.credential.version === fetched.version && before.lease?.id === lease?.id;
      const credential = isSame ? before.credential : toCredential(name, kind, fetched, fingerprintKey, plainFields);
      const until = expiresAt ?? Number.NEGATIVE_INFINITY;
      const lifetime =
        expiresAt === undefined ? { refreshAt: until, stopAt: until } : lifetimeOf(now, until, random(), refreshAt);
      this.#held = { credential, expiresAt: until, fetchedAt: now, lease, ...lifetime };
      this.#failed = undefined;
      this.#failures = 0;
      givingBack.keep(lease);
      if (before?.lease?.id !== lease?.id) this.#giveBack(before?.lease, true, before?.expiresAt);
      // What is asked for at each use is told when it changes.
      if (expiresAt !== undefined || before?.credential.version !== fetched.version) {
        const isOther = before !== undefined && before.credential.version !== fetched.version;
        this.#tell(isOther ? 'rotated' : 'fetched');
      }
      this.#watch();
      return credential;
    } catch (error) {
      this.#giveBack(lease, false, expiresAt);
      throw error;
    }
  }

  /** What is held goes on where its source merely fails; where the source says no, it is over. */
  #fail(refusal: Refusal): Refusal {
    const { clock } = this.#terms;
    const cause = refusal.cause instanceof Unavailability ? refusal.cause : undefined;
    if (refusal.code === 'draining') return refusal;
    this.#failures += 1;
    this.#failed = { refusal, until: clock.elapsed() + failureLifetime(cause, this.#failures) };
    const isStale = this.#held !== undefined && clock.now() < this.#held.stopAt;
    const isOver = cause !== undefined && !['down', 'throttled'].includes(cause.kind);
    if (isOver) this.#drop();
    this.#tell(isStale && !isOver ? 'stale' : 'failed', reasonOf(refusal));
    return refusal;
  }

  /** Only for what can be renewed: all else is asked for when it is used. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#held?.lease?.renew === undefined) return;
    const wait = this.#held.refreshAt - this.#terms.clock.now();
    this.#timer = setTimeout(() => this.#onTimer(), timerFor(wait)).unref();
  }

  #onTimer(): void {
    const held = this.#held;
    if (held === undefined) return;
    if (this.#terms.clock.now() < held.refreshAt) this.#watch();
    else if (this.#used) void this.#renew(held);
    else this.#drop();
  }

  /** Never rejects: where it cannot be renewed, a new one is fetched, and until then the old one is used for as long as it lasts. */
  async #renew(held: Held): Promise<void> {
    const { limits, clock, random } = this.#terms;
    const { lease, fetchedAt } = held;
    if (lease?.renew === undefined || this.#fetching !== undefined) return;
    this.#used = false;
    const signal = AbortSignal.timeout(limits.secretTimeout);
    const renewed = await unlessAborted(Promise.resolve(signal).then(lease.renew), signal).catch(() => undefined);
    if (this.#held !== held || this.#closed) return;
    if (renewed !== undefined) {
      const now = clock.now();
      const { expiresAt } = renewed;
      const { refreshAt, stopAt } = lifetimeOf(now, expiresAt, random());
      if (expiresAt - now >= (held.expiresAt - fetchedAt) / 2) {
        this.#held = { ...held, expiresAt, fetchedAt: now, refreshAt, stopAt };
        this.#tell('renewed');
        this.#watch();
        return;
      }
      // Nothing was gained, or little: the end that its source allows is near. It may be nearer than before, and holds all the same.
      this.#held = { ...held, expiresAt, stopAt };
    }
    await this.acquired().catch(() => undefined);
  }

  #drop(atOnce = false): void {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = undefined;
    if (held?.lease !== undefined) this.#giveBack(held.lease, !atOnce, held.expiresAt);
  }

  /** Also what has expired by our knowledge: the answer to a renewal may have been lost. */
  #giveBack(lease: HeldLease | undefined, later: boolean, expiresAt: number | undefined): void {
    const { givingBack, name, kind } = this.#terms;
    const about = { secret: name, backend: kind, expiresAt: finite(expiresAt) };
    if (later) givingBack.later(lease, about);
    else givingBack.now(lease, about);
  }

  #tell(event: SecretEvent['event'], reason?: SecretEvent['reason']): void {
    const { name, kind, onEvent } = this.#terms;
    const { credential, expiresAt } = this.#held ?? {};
    const { version, fingerprint, lease } = credential ?? {};
    onEvent({ event, secret: name, backend: kind, version, fingerprint, lease, expiresAt: finite(expiresAt), reason });
  }
}
