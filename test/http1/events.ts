import { answerFraming, requestFraming } from '../../src/http1/framing.js';
import { parseRequestHead, parseStatusHead } from '../../src/http1/head.js';
import { Malformed } from '../../src/http1/malformed.js';
import { MessageReader } from '../../src/http1/reader.js';

/** What a reader told of one message, its pieces put together. */
export interface Told {
  head: string;
  body: string;
  ended: boolean;
  trailers: string[];
}

export interface Reading {
  readonly messages: Told[];
  /** Whether it was refused in the end. */
  readonly refused: boolean;
  /** What no message has taken. */
  readonly rest: string;
}

export interface Side {
  readonly answersTo?: string;
  readonly mostHeadBytes?: number;
  /** After so many messages nothing more is read. */
  readonly messages?: number;
  readonly closes?: boolean;
}

/** Reads requests, or with `answersTo` the answers to requests with that method, from these pieces. */
export function readAll(pieces: readonly Buffer[], side: Side = {}): Reading {
  const messages: Told[] = [];
  const last = (): Told => messages[messages.length - 1] as Told;
  const reader = new MessageReader(
    {
      onHead(text) {
        messages.push({ head: text, body: '', ended: false, trailers: [] });
        if (side.answersTo === undefined) return requestFraming(parseRequestHead(text));
        const head = parseStatusHead(text);
        const framing = answerFraming(head, side.answersTo);
        return head.status < 200 ? 'informational' : framing;
      },
      onData(piece) {
        last().body += piece.toString('latin1');
      },
      onEnd(trailers) {
        last().ended = true;
        last().trailers = trailers;
      },
    },
    { mostHeadBytes: side.mostHeadBytes ?? 4096, skipsEmptyLines: side.answersTo === undefined },
  );
  const ended = (): number => messages.filter((message) => message.ended).length;
  const goOn = (): void => {
    for (let before = -1; before !== ended() && ended() < (side.messages ?? Infinity);) {
      before = ended();
      reader.next();
    }
  };
  try {
    goOn();
    for (const piece of pieces) {
      reader.push(piece);
      goOn();
    }
    if (side.closes === true) reader.close();
    return { messages, refused: false, rest: reader.hasRest ? reader.takeRest().toString('latin1') : '' };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    // A head that was told and then refused is no message; whether it was told depends on nothing but its bytes.
    return { messages, refused: true, rest: '' };
  }
}

/** The same bytes, cut at these places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length)).filter(({ length }) => length > 0);
}

export function bytewise(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]));
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
