import type { Duplex } from 'node:stream';
import { Reason } from '../core/reason.js';
import { Refusal, toRefusal } from '../core/refusal.js';
import type { Needles } from '../scrub/forms.js';
import { scrubMessage } from '../scrub/message.js';
import type { Deflate } from './websocket-handshake.js';
import { WebSocketSide, type FrameSink } from './websocket-side.js';

/** What a message of the caller becomes on its way out. Throws a refusal for one that must not go. */
export type MessageGuard = (bytes: Buffer, binary: boolean) => Buffer;

export interface RelayOptions {
  readonly deflate: Deflate | undefined;
  /** Bytes of one message. */
  readonly limit: number;
  readonly needles: Needles | undefined;
  readonly guard: MessageGuard | undefined;
  /** Occurrences of a credential that were masked. */
  readonly onMasked: (occurrences: number) => void;
}

const nothing = Buffer.alloc(0);
/** No code: what a close frame without one is reported as (RFC 6455 section 7.4.1). */
const noCode = 1005;
/** How long the two sides have to close once one of them has begun to, milliseconds. */
const closingTime = 10_000;

type End = 'caller' | 'destination';

/**
 * Relays a WebSocket message by message: those of the destination scrubbed, those of the caller guarded. Pings, pongs and close
 * frames pass, too. A side that reads slowly holds the other one back.
 */
export class WebSocketRelay {
  /** Resolves when both connections are closed; rejects with a refusal where that was not one of the two's will. */
  readonly ended: Promise<void>;
  readonly #sides: Readonly<Record<End, WebSocketSide>>;
  readonly #options: RelayOptions;
  readonly #closed = new Set<End>();
  #settle!: { resolve: () => void; reject: (error: Refusal) => void };
  #refusal: Refusal | undefined;
  /** Whatever happens now was meant to: what is on its way still goes out. */
  #ending = false;
  #open = 2;
  #timer: NodeJS.Timeout | undefined;

  constructor(caller: Duplex, upstream: Duplex, options: RelayOptions) {
    const { deflate, limit } = options;
    this.#options = options;
    this.#sides = {
      caller: new WebSocketSide(caller, { peer: 'caller', deflate, limit }),
      destination: new WebSocketSide(upstream, { peer: 'destination', deflate, limit }),
    };
    this.ended = new Promise((resolve, reject: (error: Refusal) => void) => (this.#settle = { resolve, reject }));
    this.#watch('caller');
    this.#watch('destination');
    if (caller.destroyed || upstream.destroyed) {
      for (const { socket } of Object.values(this.#sides)) socket.destroy();
      return;
    }
    this.#start('caller', 'destination', (bytes, binary) => options.guard?.(bytes, binary) ?? bytes);
    this.#start('destination', 'caller', (bytes, binary) => this.#scrub(bytes, binary));
  }

  /** It may go on no longer: both sides are told so. */
  revoke(): void {
    this.#fail(1008, undefined);
  }

  #start(from: End, to: End, pass: MessageGuard): void {
    const target = this.#sides[to];
    const passing = (bytes: Buffer, binary: boolean, send: (passed: Buffer) => void): void => {
      try {
        send(pass(bytes, binary));
      } catch (error) {
        this.#fail(1008, toRefusal(error));
      }
    };
    const sink: FrameSink = {
      onMessage: (bytes, binary) => passing(bytes, binary, (passed) => target.send(passed, binary)),
      // Their payloads are short, and often text: they are looked through as one.
      onPing: (bytes) => passing(bytes, from === 'caller', (passed) => target.ping(passed)),
      onPong: (bytes) => passing(bytes, from === 'caller', (passed) => target.pong(passed)),
      onClose: (code, reason) =>
        passing(reason, from === 'caller', (passed) => {
          target.close(code === noCode ? undefined : code, passed);
          this.#conclude(from);
        }),
      onBroken: (code) => this.#fail(code, brokenBy(from, code)),
    };
    this.#sides[from].start(sink, (resume) => target.onceRoom(resume));
  }

  #scrub(bytes: Buffer, binary: boolean): Buffer {
    const { needles, onMasked } = this.#options;
    if (needles === undefined) return bytes;
    const scrubbed = scrubMessage(bytes, binary, needles);
    if (scrubbed.masked > 0) onMasked(scrubbed.masked);
    return scrubbed.bytes;
  }

  /** One side has sent its close frame. When both have, both connections end. */
  #conclude(from: End): void {
    this.#closed.add(from);
    this.#sides[from].stop();
    this.#limitEnding();
    if (this.#closed.size === 2) this.#end();
  }

  #fail(code: number, refusal: Refusal | undefined): void {
    if (this.#ending) return;
    this.#refusal = refusal;
    for (const side of Object.values(this.#sides)) {
      side.stop();
      side.close(code, nothing);
    }
    this.#end();
  }

  /** Both connections end once all has gone out. */
  #end(): void {
    this.#ending = true;
    this.#limitEnding();
    for (const side of Object.values(this.#sides)) side.end();
  }

  #limitEnding(): void {
    this.#timer ??= setTimeout(() => {
      for (const { socket } of Object.values(this.#sides)) socket.destroy();
    }, closingTime).unref();
  }

  #watch(end: End): void {
    const { socket } = this.#sides[end];
    socket
      .on('error', () => undefined)
      // Without a close frame: whoever is left gets none either.
      .once('end', () => this.#end())
      .once('close', () => this.#onClosed(end));
    // One that is gone has told so already.
    if (socket.closed) this.#onClosed(end);
  }

  #onClosed(end: End): void {
    const other = this.#sides[end === 'caller' ? 'destination' : 'caller'];
    this.#sides[end].release();
    if (!this.#ending) other.socket.destroy();
    this.#open -= 1;
    if (this.#open > 0) return;
    clearTimeout(this.#timer);
    if (this.#refusal === undefined) this.#settle.resolve();
    else this.#settle.reject(this.#refusal);
  }
}

function brokenBy(from: End, code: number): Refusal {
  const cause = new Reason(
    code === 1009 ? 'a message larger than limits.websocket_message' : `a WebSocket that broke its protocol (${code})`,
  );
  if (from === 'destination') return new Refusal('destination_protocol', { cause });
  return new Refusal(code === 1009 ? 'body_too_large' : 'bad_request', { cause });
}
