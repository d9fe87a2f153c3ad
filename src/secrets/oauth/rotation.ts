import { Reason } from '../../core/reason.js';
import { Refusal } from '../../core/refusal.js';
import type { Sealed } from '../../core/sealed.js';
import { reveal } from '../seal.js';
import { withLock } from '../file-lock.js';
import { unavailable } from '../unavailable.js';
import { valueVersion } from '../value-version.js';
import { DeadGrant } from './failure.js';
import { makeFolder, prepareState, readState } from './state-file.js';
import { successorIn, withSuccessor } from './state-text.js';
import type { Token } from './token.js';

/** Milliseconds that others may take for their refresh before we give up for now. */
const usualPatience = 5000;
/** Milliseconds for a refresh that is under way: nobody cuts it off, as its answer may hold the only token that is still good. */
const requestTime = 30_000;

/** From this age on the lock of a process that cannot be asked after is nobody's, milliseconds: a refresh takes half a minute at most. */
const abandoned = 600_000;

export interface RotationTerms {
  /** The name of the secret. */
  readonly name: string;
  /** The file, absolute. */
  readonly path: string;
  /** The reference of the first refresh token. */
  readonly secret: string;
  /** How long others are waited for, milliseconds. */
  readonly patience?: number;
}

/**
 * Refresh tokens that may change with every use, where the use of an old one may end the grant (RFC 9700 section 4.14). One refresh at a
 * time, over all processes that share the file; always with the newest; the next one is on the disk before the access token goes anywhere.
 */
export class Rotation {
  readonly #terms: RotationTerms;
  #underWay: Promise<Token> | undefined;
  /** Digest of one that the server will not have: it is not asked again with it. */
  #dead: { readonly digest: string; readonly refusal: Refusal } | undefined;
  /** Came, and could not be written: the newest, and of this process alone. */
  #unwritten: { readonly first: string; readonly token: Sealed } | undefined;

  constructor(terms: RotationTerms) {
    this.#terms = terms;
  }

  /** Rejects with `secret_unavailable`, or with the signal's reason; what is under way then goes on to its end. */
  refreshed(
    first: Sealed,
    ask: (token: Sealed, signal: AbortSignal) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<Token> {
    this.#underWay ??= this.#refresh(first, ask).finally(() => {
      this.#underWay = undefined;
    });
    return untilAborted(this.#underWay, signal);
  }

  /** When what is under way has ended. Never rejects. */
  async ended(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  async #refresh(first: Sealed, ask: (token: Sealed, signal: AbortSignal) => Promise<Token>): Promise<Token> {
    const { name, path, patience = usualPatience } = this.#terms;
    const terms = { patience, abandoned, busy: heldBy(name, patience) };
    try {
      await makeFolder(path);
      return await withLock(`${path}.lock`, () => this.#next(first, ask), terms);
    } catch (error) {
      if (error instanceof Refusal || !(error instanceof Reason)) throw error;
      throw unavailable(name, error.message);
    }
  }

  async #next(first: Sealed, ask: (token: Sealed, signal: AbortSignal) => Promise<Token>): Promise<Token> {
    const { path, secret } = this.#terms;
    const text = await readState(path);
    const digest = valueVersion(reveal(first));
    const kept = within(path, () => successorIn(text, secret, first));
    const unwritten = this.#unwritten?.first === digest ? this.#unwritten.token : undefined;
    const token = unwritten ?? kept ?? first;
    this.#checkAlive(token);
    // Before the old one is used: where nothing can be written, nothing is lost either.
    const draft = await prepareState(path);
    let answer: Token;
    try {
      answer = await ask(token, AbortSignal.timeout(requestTime));
    } catch (error) {
      await draft.abandon();
      if (error instanceof Refusal && error.cause instanceof DeadGrant) {
        this.#dead = { digest: valueVersion(reveal(token)), refusal: error };
      }
      throw error;
    }
    const newest = answer.refresh ?? token;
    if (reveal(newest) === reveal(kept ?? first)) await draft.abandon();
    else {
      this.#unwritten = { first: digest, token: newest };
      try {
        await draft.commit(within(path, () => withSuccessor(text, secret, first, newest)));
      } catch (error) {
        await draft.abandon();
        throw error;
      }
    }
    this.#unwritten = undefined;
    return answer;
  }

  #checkAlive(token: Sealed): void {
    if (this.#dead?.digest === valueVersion(reveal(token))) throw this.#dead.refusal;
  }
}

function heldBy(name: string, patience: number): (path: string, holder: string) => Refusal {
  return (path, holder) => {
    const [host, , , , pid] = holder.trim().split(' ');
    const who = pid === undefined ? 'others' : `process ${pid} on ${host ?? 'another machine'}`;
    return unavailable(name, `${who} held ${path} for ${patience} ms; if nothing runs there, remove that file`);
  };
}

function within<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Reason ? new Reason(`the file ${path} cannot be used: ${error.message}`) : error;
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
