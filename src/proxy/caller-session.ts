import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Deadline } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import { http2 } from '../net/http2.js';
import { CallerStream } from './caller-stream.js';
import type { ConnectionHost } from './connection-host.js';
import type { Passage } from './passage.js';

/** RFC 9113 section 7. */
const refusedStream = 0x7;
/** How long the other side has to end its connection once ours has ended, milliseconds. */
const lingering = 2000;

/**
 * One HTTP/2 connection from a caller, inside a tunnel. Each stream is a request of its own, served like one in HTTP/1.1; how many are
 * under way at once is bounded, those that the caller has reset counted until they are over.
 */
export class CallerSession {
  readonly #socket: TLSSocket;
  readonly #passage: Passage;
  readonly #host: ConnectionHost;
  readonly #session: ServerHttp2Session;
  readonly #deadline: Deadline;
  /** Streams whose header section came in this turn. */
  #begun: { readonly stream: ServerHttp2Stream; readonly raw: readonly string[] }[] = [];
  #underWay = 0;

  constructor(socket: TLSSocket, passage: Passage, host: ConnectionHost) {
    const { limits } = host.current();
    this.#socket = socket;
    this.#passage = passage;
    this.#host = host;
    this.#deadline = host.deadlines.watch(() => this.#onDeadline());
    this.#deadline.set(limits.headersTimeout);
    host.connections.add(this);
    // Its end is told by 'close'; an error that nobody listens for would end the process. Half a connection takes no answer: who
    // cannot grant more room for it has left.
    socket
      .on('error', () => undefined)
      .once('end', () => socket.destroy())
      .once('close', () => this.#onClose());
    this.#session = http2()
      .performServerHandshake(socket, settingsFor(limits))
      .on('error', () => undefined)
      .once('remoteSettings', () => this.#rest())
      .on('stream', (stream, _headers, _flags, raw?: string[]) => this.#onStream(stream, raw ?? []));
    // A session waits for a socket whose handshake is not over; one that was made by hand, not by a tls.Server, never says that it is.
    socket.emit('secureConnect');
  }

  /** The proxy is about to stop: what is under way ends, what comes later is to be sent elsewhere (RFC 9113 section 6.8). */
  drain(): void {
    this.#session.close();
    this.#rest();
  }

  #onStream(stream: ServerHttp2Stream, raw: readonly string[]): void {
    stream.on('error', () => undefined);
    if (this.#underWay >= this.#host.current().limits.http2Streams) {
      // Nothing of it was looked at: it may be sent again.
      stream.close(refusedStream);
      return;
    }
    this.#underWay += 1;
    this.#deadline.clear();
    // Once all that came with it has been read: one that is reset at once costs nothing more.
    if (this.#begun.push({ stream, raw }) === 1) setImmediate(() => this.#serve());
  }

  #serve(): void {
    const begun = this.#begun;
    this.#begun = [];
    for (const { stream, raw } of begun) {
      if (stream.closed || stream.destroyed) {
        this.#host.current().audit.noise('caller_gone', this.#passage.clientAddress);
        this.#onOver();
      } else {
        const closed = new Promise((resolve) => stream.once('close', resolve));
        const onRevoked = (): void => this.#session.close();
        const served = new CallerStream(stream, raw, { passage: this.#passage, host: this.#host, onRevoked }).serve();
        void Promise.allSettled([served, closed]).then(() => this.#onOver());
      }
    }
  }

  #onOver(): void {
    this.#underWay -= 1;
    this.#rest();
  }

  /** Without a stream, whatever else comes keeps nothing open: pings, settings, a header section that never ends. */
  #rest(): void {
    if (this.#underWay > 0 || this.#socket.destroyed) return;
    this.#deadline.set(this.#session.closed ? lingering : this.#host.current().limits.keepAliveTimeout);
  }

  #onDeadline(): void {
    if (this.#session.closed) this.#socket.destroy();
    else this.drain();
  }

  #onClose(): void {
    this.#deadline.close();
    this.#host.connections.delete(this);
    this.#session.destroy();
  }
}

/** What the library is to hold its peer to: it ends a session that floods it by GOAWAY. */
function settingsFor(limits: Limits) {
  return {
    // In MiB; what waits to be sent counts as well.
    maxSessionMemory: 16,
    // With the pseudo-header fields, and room for a Cookie in pieces: what is a little over is told so.
    maxHeaderListPairs: 2 * limits.headerCount,
    // An answer's, as long as ours may be from a destination.
    maxSendHeaderBlockLength: 4 * limits.headerBytes,
    maxOutstandingPings: 10,
    maxSettings: 32,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    settings: {
      maxConcurrentStreams: limits.http2Streams,
      maxHeaderListSize: limits.headerBytes,
      initialWindowSize: 64 * 1024 - 1,
      headerTableSize: 4096,
      enableConnectProtocol: false,
    },
  };
}
