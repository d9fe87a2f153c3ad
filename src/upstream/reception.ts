import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HeaderList } from '../core/header-list.js';
import type { RequestHead } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Needles } from '../scrub/forms.js';
import { scrubHead, scrubHeaders } from '../scrub/headers.js';
import type { Answer } from './answer.js';
import { openAnswerBody, type OpenedBody } from './answer-body.js';
import { cleanAnswerHeaders, headerListFrom, printable, uncodeHeaders } from './answer-head.js';
import { HeldAnswer } from './held-answer.js';
import { InOrder } from './in-order.js';

/** Informational answers (RFC 9110 section 15.2) to one request; they are passed on without back-pressure. */
const mostInformational = 32;
/** Bytes of a coded body that may wait to be decoded. */
const mostWaiting = 256 * 1024;

/** What there is to tell about an answer once it has ended. */
export interface Received {
  readonly status: number;
  readonly masked: number;
}

/**
 * Takes an answer from undici, cleans and scrubs it, and hands it on as it arrives.
 * `needles` is undefined where the request carried no credential: then bytes pass untouched.
 */
export class Reception implements Dispatcher.DispatchHandler {
  /** Whether anything of a final answer has come: after that nothing is retried. */
  begun = false;
  readonly ended: Promise<Received>;
  readonly #answer: Answer;
  readonly #request: RequestHead;
  readonly #needles: Needles | undefined;
  readonly #signal: AbortSignal;
  readonly #settle: {
    resolve: (received: Received) => void;
    reject: (error: unknown) => void;
  };
  #abort: (() => void) | undefined;
  #status = 0;
  #masked = 0;
  #hints = 0;
  #body: HeldAnswer | undefined;
  #steps: InOrder | undefined;
  /** Bytes of the body that are being decoded, or wait for it. */
  #waiting = 0;
  #done = false;

  constructor(answer: Answer, request: RequestHead, needles: Needles | undefined, signal: AbortSignal) {
    this.#answer = answer;
    this.#request = request;
    this.#needles = needles;
    this.#signal = signal;
    const { promise, resolve, reject } = withResolvers<Received>();
    this.ended = promise;
    this.#settle = { resolve, reject };
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) {
      controller.abort(reasonOf(this.#signal));
      return;
    }
    this.#abort = () => controller.abort(reasonOf(this.#signal));
    this.#signal.addEventListener('abort', this.#abort, { once: true });
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _: unknown, upstream: Duplex): void {
    this.begun = true;
    const headers = headerListFrom(controller.rawHeaders as Buffer[]);
    if (headers.first('upgrade')?.toLowerCase() !== 'websocket') {
      upstream.destroy();
      this.#settle.reject(new Refusal('destination_protocol'));
      return;
    }
    const head = this.#clean(status, '', headers);
    this.#answer.switched(head, upstream).then(
      () => this.#settle.resolve({ status, masked: this.#masked }),
      (error: unknown) => this.#settle.reject(error),
    );
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, text = ''): void {
    this.#guard(controller, () => {
      const headers = headerListFrom(controller.rawHeaders as Buffer[]);
      if (status < 200) {
        this.#hints += 1;
        if (this.#hints > mostInformational) throw new Refusal('destination_protocol');
        this.#answer.informational(this.#clean(status, text, headers));
        return;
      }
      this.begun = true;
      this.#status = status;
      // Before what is meant for one connection only is taken out: the transfer coding is looked at.
      const opened = this.#open(status, headers);
      // RFC 9110 section 8.6 forbids it; a caller that believes it takes the next answer for this one's body.
      if (status === 204) headers.remove('content-length');
      const head = this.#clean(status, text, headers);
      if (opened === undefined) this.#answer.head(head);
      else this.#body = new HeldAnswer(this.#answer, head, opened, (error) => this.#fail(controller, error));
      // undici takes the Content-Length of a 304 or 204 for the length of a body that never comes and fails: nothing follows anyway.
      if (status === 204 || status === 304) this.#finish(headerListFrom(undefined));
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Each time it resumes, undici's parser gives an empty chunk of a body that ends with the connection.
    if (chunk.length === 0) return;
    this.#waiting += chunk.length;
    this.#inOrder(controller).run(
      () => (this.#body === undefined ? this.#answer.data(chunk) : this.#body.push(chunk)),
      (writable) => {
        this.#waiting -= chunk.length;
        if (writable) {
          if (this.#waiting === 0) controller.resume();
          return;
        }
        controller.pause();
        this.#answer.onceWritable(() => controller.resume());
      },
    );
    // Not for each step: a connection that ends while its parser is paused fails an assertion of undici's.
    if (this.#waiting > mostWaiting) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const trailers = headerListFrom(controller.rawTrailers as Buffer[] | null);
    this.#inOrder(controller).run(
      () => this.#body?.end() ?? true,
      () => this.#finish(trailers),
    );
  }

  onResponseError(_: unknown, error: Error): void {
    this.#release();
    this.#settle.reject(error);
  }

  /** What the body goes through; undefined where there is none, or nothing to look for. */
  #open(status: number, headers: HeaderList): OpenedBody | undefined {
    const { method, headers: asked } = this.#request;
    if (this.#needles === undefined || method === 'HEAD' || status === 204 || status === 304) return undefined;
    return openAnswerBody(this.#needles, status, headers, asked.first('accept-encoding') ?? '');
  }

  #clean(
    status: number,
    text: string,
    headers: HeaderList,
  ): { status: number; statusText: string; headers: HeaderList } {
    cleanAnswerHeaders(headers, this.#needles !== undefined);
    if (this.#needles === undefined) return { status, statusText: printable(text), headers };
    // What is left out later must be left out before it is searched.
    const { text: statusText, masked } = scrubHead(printable(text), headers, this.#needles);
    this.#masked += masked;
    return { status, statusText, headers };
  }

  #finish(trailers: HeaderList): void {
    if (this.#done) return;
    this.#done = true;
    cleanAnswerHeaders(trailers, this.#needles !== undefined);
    if (this.#body?.uncoded === true) uncodeHeaders(trailers);
    if (this.#needles !== undefined) this.#masked += scrubHeaders(trailers, this.#needles);
    this.#masked += this.#body?.masked ?? 0;
    this.#release();
    this.#answer.end(trailers);
    this.#settle.resolve({ status: this.#status, masked: this.#masked });
  }

  #inOrder(controller: Dispatcher.DispatchController): InOrder {
    return (this.#steps ??= new InOrder((error) => this.#fail(controller, error)));
  }

  /** An error thrown in a handler must neither escape into undici nor leave the exchange open. */
  #guard(controller: Dispatcher.DispatchController, step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(controller, error);
    }
  }

  #fail(controller: Dispatcher.DispatchController, error: unknown): void {
    this.#release();
    this.#settle.reject(error);
    controller.abort(error instanceof Error ? error : new TypeError('a step failed', { cause: error }));
  }

  #release(): void {
    this.#body?.close();
    if (this.#abort !== undefined) this.#signal.removeEventListener('abort', this.#abort);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}

/** `Promise.withResolvers` exists from Node 22. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((take, fail) => {
    resolve = take;
    reject = fail;
  });
  return { promise, resolve, reject };
}
