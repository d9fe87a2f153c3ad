import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import type { AnswerStart } from '../inject/index.js';
import type { Needles } from '../scrub/forms.js';
import { joined } from '../net/joined.js';
import { scrubHead, scrubHeaders } from '../scrub/headers.js';
import type { Answer, AnswerHead } from './answer.js';
import { openAnswerBody, type OpenedBody } from './answer-body.js';
import { cleanAnswerHeaders, codingOf, uncodeHeaders } from './answer-head.js';
import { KeptStart } from './answer-start.js';
import type { AnswerSink, Flow } from './exchange.js';
import { HeldAnswer } from './held-answer.js';
import { InOrder } from './in-order.js';
import { agreedDeflate, type Deflate, type Handshake } from './websocket-handshake.js';
import { WebSocketRelay, type MessageGuard } from './websocket-relay.js';

/** Informational answers (RFC 9110 section 15.2) to one request; they are passed on without back-pressure. */
const mostInformational = 32;

/** What there is to tell about an answer once it has ended. */
export interface Received {
  readonly status: number;
  /** Whether the destination refuses a credential by it, in words of its own. */
  readonly refused: boolean;
}

/** What of the request decides how its answer is read. */
export interface Asked {
  readonly method: string;
  /** The Accept-Encoding that was sent. */
  readonly acceptEncoding: string;
  /** Whether an answer that begins so refuses a credential; left out where that is said by 401 alone. */
  readonly isRefused?: ((answer: AnswerStart) => boolean) | undefined;
  /** The protocol that the caller asked to go on in. */
  readonly upgrade: string | undefined;
  /** How the messages of the WebSocket that was asked for are read; undefined where they pass unread. */
  readonly webSocket?:
    { readonly handshake: Handshake; readonly guard: MessageGuard | undefined; readonly limit: number } | undefined;
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
  readonly #asked: Asked;
  readonly #needles: Needles | undefined;
  #settle!: { resolve: (received: Received) => void; reject: (error: unknown) => void };
  #status = 0;
  #masked = 0;
  #hints = 0;
  /** All of it has come: its connection may already serve another request. */
  #received = false;
  #body: HeldAnswer | undefined;
  #start: KeptStart | undefined;
  /** Only where a body is decoded: then its steps take their time. */
  #steps: InOrder | undefined;
  /** Pieces that wait for theirs: what was under way when the flow was paused still comes, and one read may bring many chunks. */
  #waiting = 0;

  constructor(answer: Answer, asked: Asked, needles: Needles | undefined) {
    this.#answer = answer;
    this.#asked = asked;
    this.#needles = needles;
    this.ended = new Promise((resolve, reject: (error: unknown) => void) => (this.#settle = { resolve, reject }));
  }

  onHead(flow: Flow, status: number, text: string, headers: HeaderList): void {
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
    this.#start = this.#keepStart(status, headers, opened !== undefined);
    // RFC 9110 section 8.6 forbids it; a caller that believes it takes the next answer for this one's body.
    if (status === 204) headers.remove('content-length');
    const head = this.#clean(status, text, headers);
    if (opened === undefined) this.#answer.head(head);
    else this.#body = new HeldAnswer(this.#answer, head, opened, (error) => this.fail(flow, error));
    if (opened?.decodes === true) this.#steps = new InOrder((error) => this.fail(flow, error));
  }

  onData(flow: Flow, piece: Buffer): void {
    const body = this.#body;
    this.#start?.push(piece);
    if (this.#steps === undefined) {
      this.#moved(flow, body === undefined ? this.#answer.data(piece) : (body.push(piece) as boolean));
      return;
    }
    // Nothing more is read until this piece has been looked at.
    flow.pause();
    this.#waiting += 1;
    const kept = Buffer.from(piece);
    this.#steps.run(
      () => body?.push(kept) ?? true,
      (writable) => {
        this.#waiting -= 1;
        if (writable) this.#resume(flow);
        else this.#answer.onceWritable(() => this.#resume(flow));
        this.#answer.flush();
      },
    );
  }

  onEnd(_: Flow, trailers: string[]): void {
    this.#received = true;
    const finish = (): void => this.#finish(new HeaderList(trailers));
    if (this.#steps !== undefined) this.#steps.run(() => this.#body?.end() ?? true, finish);
    else {
      void this.#body?.end();
      finish();
    }
  }

  onUpgrade(status: number, headers: HeaderList, upstream: Socket): void {
    this.begun = true;
    const { upgrade, webSocket } = this.#asked;
    let caller: Duplex | undefined;
    try {
      if (upgrade === undefined || headers.first('upgrade')?.toLowerCase() !== upgrade.toLowerCase())
        throw new Refusal('destination_protocol');
      const deflate = webSocket && agreedDeflate(webSocket.handshake, headers);
      caller = this.#answer.switched(this.#clean(status, '', headers), upgrade);
      const over =
        webSocket === undefined ? joined(caller, upstream) : this.#relay(caller, upstream, webSocket, deflate);
      over.then(
        () => {
          this.#count();
          this.#settle.resolve({ status, refused: false });
        },
        (error: unknown) => this.onFailure(error),
      );
    } catch (error) {
      upstream.destroy();
      caller?.destroy();
      this.onFailure(error);
    }
  }

  onFailure(error: unknown): void {
    this.#count();
    this.#body?.close();
    this.#settle.reject(error);
  }

  onTurn(): void {
    this.#answer.flush();
  }

  /** The answer is thrown away: the request is sent once more. */
  drop(status: number): void {
    this.#settle.resolve({ status, refused: false });
  }

  /** Gives the answer up; its connection with it, but where all of it has come: then that may be another request's by now. */
  fail(flow: Flow, error: unknown): void {
    if (this.#received) this.onFailure(error);
    else flow.abort(error);
  }

  /** Relays a WebSocket message by message until both sides are closed. */
  #relay(
    caller: Duplex,
    upstream: Socket,
    { guard, limit }: NonNullable<Asked['webSocket']>,
    deflate: Deflate | undefined,
  ): Promise<void> {
    const onMasked = (occurrences: number): void => void (this.#masked += occurrences);
    const relay = new WebSocketRelay(caller, upstream, { deflate, limit, needles: this.#needles, guard, onMasked });
    this.#answer.onRevoked = () => relay.revoke();
    return relay.ended;
  }

  #resume(flow: Flow): void {
    if (!this.#received && this.#waiting === 0) flow.resume();
  }

  #moved(flow: Flow, writable: boolean): void {
    if (writable) return;
    flow.pause();
    this.#answer.onceWritable(() => this.#resume(flow));
  }

  /** What the body goes through; undefined where there is none, or nothing to look for. */
  #open(status: number, headers: HeaderList): OpenedBody | undefined {
    const { method, acceptEncoding } = this.#asked;
    if (this.#needles === undefined || method === 'HEAD' || status === 204 || status === 304) return undefined;
    return openAnswerBody(this.#needles, status, headers, acceptEncoding);
  }

  /** Of an error alone. */
  #keepStart(status: number, headers: HeaderList, hasBody: boolean): KeptStart | undefined {
    const { isRefused, acceptEncoding } = this.#asked;
    if (isRefused === undefined || status < 400 || status > 499) return undefined;
    return new KeptStart(status, headers, hasBody ? codingOf(headers, acceptEncoding) : undefined);
  }

  #clean(status: number, text: string, headers: HeaderList): AnswerHead {
    cleanAnswerHeaders(headers, this.#needles !== undefined);
    if (this.#needles === undefined) return { status, statusText: text, headers };
    // What is left out later must be left out before it is searched.
    const { text: statusText, masked } = scrubHead(text, headers, this.#needles);
    this.#masked += masked;
    return { status, statusText, headers };
  }

  #finish(trailers: HeaderList): void {
    if (trailers.count > 0) {
      cleanAnswerHeaders(trailers, this.#needles !== undefined);
      if (this.#body?.uncoded === true) uncodeHeaders(trailers);
      if (this.#needles !== undefined) this.#masked += scrubHeaders(trailers, this.#needles);
    }
    this.#count();
    this.#body?.close();
    this.#answer.end(trailers);
    const refused = this.#start !== undefined && this.#asked.isRefused?.(this.#start.start) === true;
    this.#settle.resolve({ status: this.#status, refused });
  }

  #count(): void {
    this.#answer.masked = this.#masked + (this.#body?.masked ?? 0);
  }
}
