import type { Socket } from 'node:net';
import { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import { BodyScrubber } from '../scrub/body.js';
import type { Needles } from '../scrub/forms.js';
import { scrubHeaders, scrubText } from '../scrub/headers.js';
import type { Answer } from './answer.js';
import { checkCoding, checkParts, cleanAnswerHeaders } from './answer-head.js';
import type { AnswerSink, Flow } from './connection.js';

/** Informational answers (RFC 9110 section 15.2) to one request; they are passed on without back-pressure. */
const mostInformational = 32;

/** What there is to tell about an answer once it has ended. */
export interface Received {
  readonly status: number;
  readonly masked: number;
}

/**
 * Takes an answer from its connection, cleans and scrubs it, and hands it on as it arrives.
 * `needles` is undefined where the request carried no credential: then bytes pass untouched.
 */
export class Reception implements AnswerSink {
  /** Whether anything of a final answer has come: after that nothing is retried. */
  begun = false;
  readonly ended: Promise<Received>;
  readonly #answer: Answer;
  readonly #method: string;
  readonly #needles: Needles | undefined;
  #settle!: { resolve: (received: Received) => void; reject: (error: unknown) => void };
  #status = 0;
  #masked = 0;
  #hints = 0;
  #body: BodyScrubber | undefined;

  constructor(answer: Answer, method: string, needles: Needles | undefined) {
    this.#answer = answer;
    this.#method = method;
    this.#needles = needles;
    this.ended = new Promise((resolve, reject: (error: unknown) => void) => (this.#settle = { resolve, reject }));
  }

  onHead(_: Flow, status: number, text: string, headers: HeaderList): void {
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
  }

  onData(flow: Flow, piece: Buffer): void {
    const clean = this.#body === undefined ? piece : this.#body.push(piece);
    if (clean.length === 0 || this.#answer.data(clean)) return;
    flow.pause();
    this.#answer.onceWritable(() => flow.resume());
  }

  onEnd(_: Flow, trailers: string[]): void {
    const rest = this.#body?.end();
    if (rest !== undefined && rest.length > 0) this.#answer.data(rest);
    const fields = new HeaderList(trailers);
    cleanAnswerHeaders(fields, this.#needles !== undefined);
    if (this.#needles !== undefined && fields.count > 0) this.#masked += scrubHeaders(fields, this.#needles);
    this.#masked += this.#body?.masked ?? 0;
    this.#answer.end(fields);
    this.#settle.resolve({ status: this.#status, masked: this.#masked });
  }

  onUpgrade(status: number, headers: HeaderList, upstream: Socket): void {
    this.begun = true;
    if (headers.first('upgrade')?.toLowerCase() !== 'websocket') {
      upstream.destroy();
      this.onFailure(new Refusal('destination_protocol'));
      return;
    }
    this.#answer.switched(this.#clean(status, '', headers), upstream).then(
      () => this.#settle.resolve({ status, masked: this.#masked }),
      (error: unknown) => this.onFailure(error),
    );
  }

  onFailure(error: unknown): void {
    this.#settle.reject(error);
  }

  onTurn(): void {
    this.#answer.flush();
  }

  #clean(
    status: number,
    text: string,
    headers: HeaderList,
  ): { status: number; statusText: string; headers: HeaderList } {
    cleanAnswerHeaders(headers, this.#needles !== undefined);
    if (this.#needles === undefined) return { status, statusText: text, headers };
    // What is left out later must be left out before it is searched.
    const scrubbed = scrubText(text, this.#needles);
    this.#masked += scrubbed.masked + scrubHeaders(headers, this.#needles);
    return { status, statusText: scrubbed.text, headers };
  }
}
