import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import { BodyScrubber } from '../scrub/body.js';
import type { Needles } from '../scrub/forms.js';
import { scrubHeaders, scrubText } from '../scrub/headers.js';
import type { Answer } from './answer.js';
import { checkCoding, checkParts, cleanAnswerHeaders, headerListFrom, printable } from './answer-head.js';

/** Informational answers (RFC 9110 section 15.2) to one request; they are passed on without back-pressure. */
const mostInformational = 32;

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
  readonly #method: string;
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
  #body: BodyScrubber | undefined;
  #done = false;

  constructor(answer: Answer, method: string, needles: Needles | undefined, signal: AbortSignal) {
    this.#answer = answer;
    this.#method = method;
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
      const bodiless = this.#method === 'HEAD' || status === 204 || status === 304;
      if (this.#needles !== undefined && !bodiless) {
        checkCoding(headers);
        checkParts(headers);
        const range = status === 206;
        this.#body = new BodyScrubber(this.#needles, headers.first('content-type'), { start: range, end: range });
      }
      // RFC 9110 section 8.6 forbids it; a caller that believes it takes the next answer for this one's body.
      if (status === 204) headers.remove('content-length');
      this.#answer.head(this.#clean(status, text, headers));
      // undici takes the Content-Length of a 304 or 204 for the length of a body that never comes and fails: nothing follows anyway.
      if (status === 204 || status === 304) this.#finish(headerListFrom(undefined));
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#guard(controller, () => {
      const clean = this.#body === undefined ? chunk : this.#body.push(chunk);
      if (clean.length === 0 || this.#answer.data(clean)) return;
      controller.pause();
      this.#answer.onceWritable(() => controller.resume());
    });
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#guard(controller, () => {
      const rest = this.#body?.end();
      if (rest !== undefined && rest.length > 0) this.#answer.data(rest);
      this.#finish(headerListFrom(controller.rawTrailers as Buffer[] | null));
    });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#release();
    this.#settle.reject(error);
  }

  #clean(
    status: number,
    text: string,
    headers: HeaderList,
  ): { status: number; statusText: string; headers: HeaderList } {
    cleanAnswerHeaders(headers, this.#needles !== undefined);
    if (this.#needles === undefined) return { status, statusText: printable(text), headers };
    // What is left out later must be left out before it is searched.
    const scrubbed = scrubText(printable(text), this.#needles);
    this.#masked += scrubbed.masked + scrubHeaders(headers, this.#needles);
    return { status, statusText: scrubbed.text, headers };
  }

  #finish(trailers: HeaderList): void {
    if (this.#done) return;
    this.#done = true;
    cleanAnswerHeaders(trailers, this.#needles !== undefined);
    if (this.#needles !== undefined) this.#masked += scrubHeaders(trailers, this.#needles);
    this.#masked += this.#body?.masked ?? 0;
    this.#release();
    this.#answer.end(trailers);
    this.#settle.resolve({ status: this.#status, masked: this.#masked });
  }

  /** An error thrown in a handler must neither escape into undici nor leave the exchange open. */
  #guard(controller: Dispatcher.DispatchController, step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#settle.reject(error);
      controller.abort(error instanceof Error ? error : new TypeError('a step failed', { cause: error }));
    }
  }

  #release(): void {
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
