import type { Socket } from 'node:net';
import type { HeaderList } from '../core/header-list.js';
import type { AnswerSink, Flow } from './exchange.js';

/** What is done with an answer that refuses the credential (RFC 9110 section 15.5.2). */
export interface Rejection {
  /** Resolves to true where the request is sent once more, with another credential: this answer is then nobody's. */
  readonly decide: () => Promise<boolean>;
  /** The answer was thrown away. */
  readonly onDropped: () => void;
  /** It could not be decided, or handed on. */
  readonly onFailure: (flow: Flow, error: unknown) => void;
}

const unauthorized = 401;

/**
 * Hands an answer on, but one of 401 only once it is decided that the caller is to have it. It is the flow of its exchange too: once all
 * of the answer has come, its connection may be another request's, and nothing here touches it any more.
 */
export class RejectionWatch implements AnswerSink, Flow {
  readonly #sink: AnswerSink;
  readonly #rejection: Rejection;
  #flow: Flow | undefined;
  /** What has come while it is being decided. */
  #waiting: (() => void)[] | undefined;
  #received = false;
  #dropped = false;

  constructor(sink: AnswerSink, rejection: Rejection) {
    this.#sink = sink;
    this.#rejection = rejection;
  }

  /** Holds this flow, as its own. */
  over(flow: Flow): this {
    this.#flow = flow;
    return this;
  }

  pause(): void {
    if (!this.#received) this.#flow?.pause();
  }

  resume(): void {
    if (!this.#received) this.#flow?.resume();
  }

  abort(error: unknown): void {
    if (this.#received) this.onFailure(error);
    else this.#flow?.abort(error);
  }

  onHead(flow: Flow, status: number, text: string, headers: HeaderList): void {
    this.#flow = flow;
    if (status !== unauthorized) {
      this.#sink.onHead(this, status, text, headers);
      return;
    }
    this.#waiting = [() => this.#sink.onHead(this, status, text, headers)];
    flow.pause();
    this.#rejection.decide().then(
      (again) => (again ? this.#drop() : this.#go()),
      (error: unknown) => {
        this.#waiting = undefined;
        this.#rejection.onFailure(this, error);
      },
    );
  }

  onData(_: Flow, piece: Buffer): void {
    if (this.#passes) {
      this.#sink.onData(this, piece);
      return;
    }
    const kept = Buffer.from(piece);
    this.#keep(() => this.#sink.onData(this, kept));
  }

  onEnd(_: Flow, trailers: string[]): void {
    this.#received = true;
    if (this.#passes) this.#sink.onEnd(this, trailers);
    else this.#keep(() => this.#sink.onEnd(this, trailers));
  }

  onUpgrade(status: number, headers: HeaderList, socket: Socket): void {
    this.#sink.onUpgrade(status, headers, socket);
  }

  onFailure(error: unknown): void {
    if (this.#passes) this.#sink.onFailure(error);
    else this.#keep(() => this.#sink.onFailure(error));
  }

  onTurn(): void {
    if (this.#passes) this.#sink.onTurn();
    else this.#keep(() => this.#sink.onTurn());
  }

  get #passes(): boolean {
    return this.#waiting === undefined && !this.#dropped;
  }

  /** Until it is decided; after it was thrown away, nowhere. */
  #keep(event: () => void): void {
    if (!this.#dropped) this.#waiting?.push(event);
  }

  #go(): void {
    // Some tell what they have held back before they return: it goes behind what waits.
    this.resume();
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    try {
      for (const event of waiting) event();
      this.#sink.onTurn();
    } catch (error) {
      // Nobody above listens any more.
      this.#rejection.onFailure(this, error);
    }
  }

  /** Its connection goes with it, unless all of it has come: then that may be another request's by now. */
  #drop(): void {
    this.#dropped = true;
    this.#waiting = undefined;
    this.#rejection.onDropped();
    if (!this.#received) this.#flow?.abort(undefined);
  }
}
