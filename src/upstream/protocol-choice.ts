import type { Socket } from 'node:net';
import { refusesProtocols } from '../net/dial-error.js';
import type { Wanted } from './carrier.js';

export type Protocol = 'h2' | 'http/1.1';

/** Opens a verified connection that offers these protocols (RFC 7301), the preferred one first. */
export type Dial = (alpn: readonly Protocol[]) => Promise<Socket>;

/** How long a destination is taken at its word, milliseconds: a server may change. */
const remembered = 10 * 60 * 1000;

/** What a destination speaks as far as it has said, and what is offered to it. */
export class ProtocolChoice {
  readonly #dial: Dial;
  #only: Protocol | undefined;
  /** Milliseconds of a monotonic clock. */
  #until = 0;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  /** The one protocol by which this can be carried now; undefined where the next dial decides. */
  known(wanted: Wanted): Protocol | undefined {
    if (wanted === 'http/1.1 only') return 'http/1.1';
    const only = this.#remembered();
    return only ?? (wanted === 'http/1.1' ? wanted : undefined);
  }

  /** The destination has shown that it speaks this one alone, or wants it. */
  learn(only: Protocol): void {
    this.#only = only;
    this.#until = performance.now() + remembered;
  }

  /** Rejects with a `Refusal`. A destination that has only what was not offered is asked once more. */
  async dial(wanted: Wanted): Promise<Socket> {
    const known = this.known(wanted);
    try {
      const socket = await this.#dial(known === undefined ? ['h2', 'http/1.1'] : [known]);
      if (known === undefined && !speaksHttp2(socket)) this.learn('http/1.1');
      return socket;
    } catch (error) {
      if (known === undefined || wanted === 'http/1.1 only' || !refusesProtocols(error)) throw error;
      const other = known === 'h2' ? 'http/1.1' : 'h2';
      const socket = await this.#dial([other]);
      this.learn(other);
      return socket;
    }
  }

  #remembered(): Protocol | undefined {
    if (this.#only !== undefined && performance.now() >= this.#until) this.#only = undefined;
    return this.#only;
  }
}

/** What was agreed on. A connection in the clear has agreed on nothing, and carries HTTP/1.1. */
export function speaksHttp2(socket: Socket): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
}
