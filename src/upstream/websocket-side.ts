import type { Duplex, Writable } from 'node:stream';
import type { Deflate } from './websocket-handshake.js';
import { closeCodeOf, openDeflate, ws, type FrameSender, type PerMessageDeflate } from './websocket-frames.js';

/** What comes from one side. Nothing more comes after `onClose` or `onBroken`. */
export interface FrameSink {
  /** A whole message, however it was cut and compressed. Text is valid UTF-8. */
  onMessage(bytes: Buffer, binary: boolean): void;
  onPing(bytes: Buffer): void;
  onPong(bytes: Buffer): void;
  /** The close frame; without one the code is 1005 and the reason empty. */
  onClose(code: number, reason: Buffer): void;
  /** The protocol is violated or a limit exceeded; `code` is what to close with (RFC 6455 section 7.4.1). */
  onBroken(code: number): void;
}

export interface SideOptions {
  /** Whose connection it is: frames from a caller are masked, frames to a destination. */
  readonly peer: 'caller' | 'destination';
  readonly deflate: Deflate | undefined;
  /** Bytes of a message, before and after it is decompressed. */
  readonly limit: number;
}

/** Bytes on their way out beyond which the other side is held back, and what a frame counts beside its payload. */
const highWater = 256 * 1024;
const overhead = 64;
/** Bytes of other frames between two messages, and what frames add to a message. */
const betweenMessages = 16 * 1024 * 1024;
/** Fragments of one message. */
const mostFragments = 64 * 1024;
/** Shorter messages are not worth compressing. */
const compressed = 1024;

/** One side of a WebSocket whose messages are relayed: reads and writes its frames. */
export class WebSocketSide {
  readonly socket: Duplex;
  readonly #limit: number;
  readonly #masks: boolean;
  readonly #compresses: boolean;
  readonly #deflate: PerMessageDeflate | undefined;
  readonly #receiver: Writable;
  readonly #sender: FrameSender;
  #stopped = false;
  /** The receiver has not yet said that it is through with what it was given. */
  #reading = false;
  #sinceMessage = 0;
  #closing = false;
  #corked = false;
  #pending = 0;
  #waiting: (() => void)[] = [];

  constructor(socket: Duplex, { peer, deflate, limit }: SideOptions) {
    const { Receiver, Sender } = ws();
    // ws takes it for a 32-bit number, and 0 for no limit.
    this.#limit = Math.min(limit, 2 ** 31 - 1);
    this.socket = socket;
    this.#masks = peer === 'destination';
    this.#deflate = deflate && openDeflate(deflate, peer === 'caller', this.#limit);
    // zlib makes a window of 9 bits where 8 are asked for (its own manual says so), which the other side could not read.
    const window = peer === 'caller' ? deflate?.server_max_window_bits : deflate?.client_max_window_bits;
    this.#compresses = deflate !== undefined && window !== 8;
    const extensions = this.#deflate === undefined ? {} : { 'permessage-deflate': this.#deflate };
    this.#receiver = new Receiver({
      binaryType: 'nodebuffer',
      extensions,
      isServer: peer === 'caller',
      maxPayload: this.#limit,
      maxFragments: mostFragments,
    });
    this.#sender = new Sender(socket, extensions);
  }

  /** Reads. `hold` calls back once there is room for more where it goes. */
  start(sink: FrameSink, hold: (resume: () => void) => void): void {
    const deflate = this.#deflate;
    if (deflate !== undefined) {
      // A little of what is compressed becomes much: each message waits for room of its own.
      const inflate = deflate.decompress.bind(deflate);
      deflate.decompress = (data, fin, done) => hold(() => inflate(data, fin, done));
    }
    this.#receiver
      .on('message', (bytes: Buffer, binary: boolean) => {
        this.#sinceMessage = 0;
        if (!this.#stopped) sink.onMessage(bytes, binary);
      })
      .on('ping', (bytes: Buffer) => {
        if (!this.#stopped) sink.onPing(bytes);
      })
      .on('pong', (bytes: Buffer) => {
        if (!this.#stopped) sink.onPong(bytes);
      })
      .on('conclude', (code: number, reason: Buffer) => {
        if (!this.#stopped) sink.onClose(code, reason);
      })
      .on('error', (error) => {
        if (!this.#stopped) sink.onBroken(closeCodeOf(error));
      });
    this.socket.on('data', (bytes: Buffer) => this.#read(bytes, sink, hold));
    this.socket.resume();
  }

  send(bytes: Buffer, binary: boolean): void {
    if (!this.#cork()) return;
    const compress = this.#compresses && bytes.length >= compressed;
    this.#sender.send(bytes, { binary, compress, mask: this.#masks, fin: true }, this.#counting(bytes));
  }

  ping(bytes: Buffer): void {
    if (this.#cork()) this.#sender.ping(bytes, this.#masks, this.#counting(bytes));
  }

  pong(bytes: Buffer): void {
    if (this.#cork()) this.#sender.pong(bytes, this.#masks, this.#counting(bytes));
  }

  /** Sends a close frame, once; nothing is sent after it. */
  close(code: number | undefined, reason: Buffer): void {
    if (!this.#cork()) return;
    this.#closing = true;
    this.#sender.close(code, reason, this.#masks, this.#counting(reason));
  }

  /** Ends the connection once all that was sent has gone out. */
  end(): void {
    this.#closing = true;
    this.#once(0, () => this.socket.end());
  }

  /** Calls back once little is on its way out. */
  onceRoom(resume: () => void): void {
    this.#once(highWater, resume);
  }

  /** What still comes is read over. */
  stop(): void {
    this.#stopped = true;
    this.socket.resume();
  }

  /** Its connection is closed: nobody waits for it any more, and its decompressor goes. */
  release(): void {
    this.#stopped = true;
    this.#pending = 0;
    this.#wake();
    // A zlib stream that is closed at work would keep its place among those that may work at once for ever.
    if (!this.#reading) this.#deflate?.cleanup();
  }

  #read(bytes: Buffer, sink: FrameSink, hold: (resume: () => void) => void): void {
    if (this.#stopped) return;
    this.#sinceMessage += bytes.length;
    // Pings between the fragments of a message keep each of these in memory with all that came around it.
    if (this.#sinceMessage > 2 * this.#limit + betweenMessages) {
      sink.onBroken(1009);
      return;
    }
    this.socket.pause();
    this.#reading = true;
    this.#receiver.write(bytes, (error) => {
      this.#reading = false;
      if (this.socket.destroyed) this.#deflate?.cleanup();
      else if (this.#stopped) this.socket.resume();
      // What is wrong is told by an event of its own, after this.
      else if (!error) hold(() => this.socket.resume());
    });
  }

  /** What is sent in one turn goes out together. False where nothing may be sent any more. */
  #cork(): boolean {
    if (this.#closing || this.socket.destroyed) return false;
    if (this.#corked) return true;
    this.#corked = true;
    this.socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.socket.uncork();
    });
    return true;
  }

  #counting({ length }: Buffer): () => void {
    const size = length + overhead;
    this.#pending += size;
    return () => {
      this.#pending = Math.max(0, this.#pending - size);
      this.#wake();
    };
  }

  #once(most: number, then: () => void): void {
    if (this.#pending <= most || this.socket.destroyed) then();
    else this.#waiting.push(() => this.#once(most, then));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }
}
