import type { Duplex } from 'node:stream';

/** Frame types (RFC 9113 section 6; ALTSVC is RFC 7838, ORIGIN is RFC 8336). */
export const type = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  reset: 0x3,
  settings: 0x4,
  push: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
  altsvc: 0xa,
  origin: 0xc,
} as const;

/** Flags of DATA and HEADERS; the first is ACK in SETTINGS and PING. */
export const flag = { none: 0, endStream: 0x1, ack: 0x1, endHeaders: 0x4 } as const;

/** What a frame may hold unless the other side says more (RFC 9113 section 4.2). */
const mostInFrame = 16_384;

/** What a client says first (RFC 9113 section 3.4), with empty SETTINGS behind it. */
export const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(type.settings)]);

/** One frame, whatever stands in it. */
export function frame(kind: number, flags = 0, stream = 0, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(kind, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A whole request without a body, or with `more` to come: any names and any values, one byte a character. */
export function request(stream: number, fields: readonly (readonly [string, string])[], more = false): Buffer {
  const bytes = block(fields);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += mostInFrame) pieces.push(bytes.subarray(at, at + mostInFrame));
  return Buffer.concat(
    pieces.map((piece, index) => {
      const first = index === 0 && !more ? flag.endStream : 0;
      const last = index === pieces.length - 1 ? flag.endHeaders : 0;
      return frame(index === 0 ? type.headers : type.continuation, first | last, stream, piece);
    }),
  );
}

/**
 * A header block of literals, without Huffman (RFC 7541 section 6.2): never indexed, or (0x40) put into the table.
 */
export function block(fields: readonly (readonly [string, string])[], form: 0x10 | 0x40 = 0x10): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([form]), text(name), text(value)]));
}

/** A string literal (RFC 7541 section 5.2). */
export function text(value: string): Buffer {
  return Buffer.concat([integer(value.length, 7), Buffer.from(value, 'latin1')]);
}

/** An integer with a prefix of so many bits (RFC 7541 section 5.1), the bits before them as in `first`. */
export function integer(value: number, bits: number, first = 0): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([first | value]);
  const bytes = [first | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A payload of 32-bit numbers: a window's increment, the code of a reset, a last stream and a code. */
export function uint32(...values: number[]): Buffer {
  const payload = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => payload.writeUInt32BE(value, 4 * at));
  return payload;
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The frames that come on a connection, in order. */
export class FrameReader {
  readonly frames: Frame[] = [];
  readonly #socket: Duplex;
  #rest = Buffer.alloc(0);
  #changed: (() => void)[] = [];
  ended = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('error', () => undefined).on('data', (bytes: Buffer) => this.#push(bytes));
    for (const event of ['end', 'close']) socket.once(event, () => this.#end());
  }

  /** Resolves with the first frame that fits, which may have come already; undefined where the connection ends without one. */
  async find(fits: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined || this.ended) return found;
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  /** Resolves once the other side has ended the connection. */
  async end(): Promise<readonly Frame[]> {
    await this.find(() => false);
    return this.frames;
  }

  /** How a stream ended: with END_STREAM, the code of its reset, or the end of the connection. */
  async endOf(stream: number): Promise<'whole' | number | 'cut'> {
    const last = await this.find(
      (frame) =>
        frame.stream === stream &&
        (frame.type === type.reset || (frame.type <= type.headers && (frame.flags & flag.endStream) !== 0)),
    );
    if (last === undefined) return 'cut';
    return last.type === type.reset ? last.payload.readUInt32BE() : 'whole';
  }

  /** All DATA of a stream so far. */
  dataOf(stream: number): string {
    const pieces = this.frames.filter((frame) => frame.type === type.data && frame.stream === stream);
    return Buffer.concat(pieces.map(({ payload }) => payload)).toString('latin1');
  }

  #push(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) break;
      const [kind, flags, stream] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4), this.#rest.readUInt32BE(5)];
      this.frames.push({ type: kind, flags, stream, payload: this.#rest.subarray(9, 9 + length) });
      this.#rest = this.#rest.subarray(9 + length);
      if (kind === type.settings && flags === 0) this.#socket.write(frame(type.settings, flag.ack));
    }
    this.#tell();
  }

  #end(): void {
    this.ended = true;
    this.#tell();
  }

  #tell(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }
}
