import { ChunkedReader } from './chunked.js';
import type { Framing } from './framing.js';
import { KeptBytes } from './kept-bytes.js';
import { Malformed } from './malformed.js';

/** What is told of the messages of one side of a connection, in order. */
export interface MessageSink {
  /** A whole head as Latin-1, without the empty line at its end. Answers how long the message is, or that another head follows (1xx). */
  onHead(text: string): Framing | 'informational' | 'stop';
  /** The piece is as good as the bytes that were pushed: whoever keeps it beyond this call may have to copy it. */
  onData(piece: Buffer): void;
  onEnd(trailers: string[]): void;
}

const noTrailers: string[] = [];
/** What is looked at in one piece; V8's regular expressions end at some more. */
const longestHead = 4 * 1024 * 1024;
const headEnd = '\r\n\r\n';
const statusStart = Buffer.from('HTTP/');
const tailLength = headEnd.length - 1;
const cr = 0x0d;
const lf = 0x0a;

/**
 * Reads one side of an HTTP/1.1 connection from bytes in any pieces. It holds no socket and no clock. After each message it stops until
 * `next` is called: what has come behind it stays here unread, so that one message is never acted on before the one before it.
 */
export class MessageReader {
  readonly #sink: MessageSink;
  readonly #mostHeadBytes: number;
  readonly #skipsEmptyLines: boolean;
  #state: 'head' | 'length' | 'chunked' | 'until-close' | 'held' = 'held';
  /** What came behind a message, copied: one piece in all but a few cases, since who reads on is held back then. */
  #rest: Buffer[] = [];
  /** The beginning of a head that is not whole. */
  readonly #begun = new KeptBytes();
  #left = 0;
  #chunked: ChunkedReader | undefined;

  constructor(sink: MessageSink, options: { readonly mostHeadBytes: number; readonly skipsEmptyLines: boolean }) {
    this.#sink = sink;
    this.#mostHeadBytes = Math.min(options.mostHeadBytes, longestHead);
    this.#skipsEmptyLines = options.skipsEmptyLines;
  }

  /** Whether bytes wait here behind a message that has ended. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /** Whether a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#state !== 'held' && (this.#state !== 'head' || this.#begun.length > 0);
  }

  /** Lets the next message be read, from what waits and from what comes. Throws `Malformed`. */
  next(): void {
    if (this.#state !== 'held') return;
    this.#state = 'head';
    if (this.#rest.length > 0) this.#readOn(this.takeRest());
  }

  /** The bytes may be written over once it returns. Throws `Malformed`; nothing may be pushed after that. */
  push(bytes: Buffer): void {
    if (this.#state === 'held') this.#rest.push(Buffer.from(bytes));
    else if (this.#begun.length > 0 && this.#begun.length < headEnd.length)
      this.#readOn(Buffer.concat([this.#begun.take(), bytes]));
    else this.#readOn(bytes);
  }

  /** The connection has ended. Throws `Malformed` where a message has not. */
  close(): void {
    if (this.#state === 'until-close') this.#end(noTrailers);
    else if (this.inMessage) throw new Malformed('framing', 'the connection ended inside a message');
  }

  /** What came and was not read, for whoever takes the connection over. */
  takeRest(): Buffer {
    const rest = this.#rest.length === 1 ? (this.#rest[0] as Buffer) : Buffer.concat(this.#rest);
    this.#rest = [];
    return rest;
  }

  #readOn(bytes: Buffer): void {
    let at: number | undefined = 0;
    while (at !== undefined && at < bytes.length) at = this.#step(bytes, at);
  }

  /** Reads one part; returns where the next begins, undefined where there is nothing left to do with these bytes. */
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'length': {
        const end = Math.min(bytes.length, at + this.#left);
        this.#sink.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
        this.#left -= end - at;
        if (this.#left === 0) this.#end(noTrailers);
        return end;
      }
      case 'chunked':
        return this.#chunked?.read(bytes, at);
      case 'until-close':
        this.#sink.onData(at === 0 ? bytes : bytes.subarray(at));
        return undefined;
      case 'held':
        this.#rest.push(Buffer.from(bytes.subarray(at)));
        return undefined;
    }
  }

  #readHead(bytes: Buffer, from: number): number | undefined {
    if (this.#begun.length > 0) return this.#readHeadAcross(bytes);
    let at = from;
    // RFC 9112 section 2.2: an empty line before a request is read over.
    while (this.#skipsEmptyLines && bytes[at] === cr && bytes[at + 1] === lf) at += 2;
    if (at === bytes.length) return undefined;
    const end = bytes.indexOf(headEnd, at, 'latin1');
    if (end === -1) {
      this.#keepHead(at === 0 ? bytes : bytes.subarray(at));
      return undefined;
    }
    this.#onHead(bytes.toString('latin1', at, end));
    return end + headEnd.length;
  }

  /** The same where a head began in earlier pieces: its end may lie across the seam. */
  #readHeadAcross(bytes: Buffer): number | undefined {
    const before = this.#begun.length;
    this.#begun.add(bytes);
    const whole = this.#begun.view;
    const end = whole.indexOf(headEnd, Math.max(0, before - tailLength), 'latin1');
    if (end === -1) {
      this.#checkBegun(whole, before);
      return undefined;
    }
    this.#begun.take();
    this.#onHead(whole.toString('latin1', 0, end));
    return end + headEnd.length - before;
  }

  #onHead(text: string): void {
    if (text.length > this.#mostHeadBytes) throw tooLarge();
    this.#state = 'held';
    const framing = this.#sink.onHead(text);
    if (framing === 'stop') return;
    if (framing === 'informational') {
      this.#state = 'head';
      return;
    }
    switch (framing.kind) {
      case 'none':
        this.#sink.onEnd(noTrailers);
        return;
      case 'length':
        this.#left = framing.length;
        this.#state = 'length';
        return;
      case 'chunked':
        this.#chunked = new ChunkedReader(
          { onData: (piece) => this.#sink.onData(piece), onEnd: (trailers) => this.#end(trailers) },
          this.#mostHeadBytes,
        );
        this.#state = 'chunked';
        return;
      case 'until-close':
        this.#state = 'until-close';
    }
  }

  #end(trailers: string[]): void {
    this.#state = 'held';
    this.#chunked = undefined;
    this.#sink.onEnd(trailers);
  }

  /** Keeps the beginning of a head. */
  #keepHead(bytes: Buffer): void {
    const first = bytes[0] as number;
    const isEmptyLine = this.#skipsEmptyLines && first === cr && bytes.length === 1;
    if (!isEmptyLine && (first <= 0x20 || first >= 0x7f)) throw new Malformed('syntax', 'this is no HTTP');
    this.#checkBegun(bytes, 0);
    this.#begun.add(bytes);
  }

  /** Refuses at once what no head can become, from `from` on: nobody is to wait for the end of that. */
  #checkBegun(bytes: Buffer, from: number): void {
    // The last of them may belong to the empty line at its end.
    if (bytes.length - tailLength > this.#mostHeadBytes) throw tooLarge();
    // Where no empty line may come first, it is an answer, and begins in one way.
    const start = Math.min(bytes.length, statusStart.length);
    if (!this.#skipsEmptyLines && from < start && statusStart.compare(bytes, 0, start, 0, start) !== 0)
      throw new Malformed('syntax', 'this is no HTTP');
    for (let at = bytes.indexOf(lf, from); at !== -1; at = bytes.indexOf(lf, at + 1)) {
      if (bytes[at - 1] !== cr) throw new Malformed('syntax', 'a bare LF in a header section');
    }
  }
}

function tooLarge(): Malformed {
  return new Malformed('too-large', 'the header section is too large');
}
