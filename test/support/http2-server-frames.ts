import type { Socket } from 'node:net';
import { block, flag, frame, integer, type, uint32, type Frame } from './http2-frames.js';

export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), uint32(value)]);
}

/** A field that stands in a table, by its place there. */
export function indexed(place: number): Buffer {
  return integer(place, 7, 0x80);
}

export type Representation = 'indexed' | 'kept in the table' | 'never indexed' | 'not indexed';

/** How each field of a header block is represented, in order (RFC 7541 section 6), with the place of its name in a table, or 0. */
export function representations(bytes: Buffer): { readonly as: Representation; readonly name: number }[] {
  const found: { as: Representation; name: number }[] = [];
  let at = 0;
  const number = (bits: number): number => {
    const most = 2 ** bits - 1;
    let value = (bytes[at++] as number) & most;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const skipText = (): void => {
    const length = number(7);
    at += length;
  };
  while (at < bytes.length) {
    const first = bytes[at] as number;
    if (first >= 0x80) found.push({ as: 'indexed', name: number(7) });
    else if (first >= 0x20 && first < 0x40) number(5);
    else {
      const as = first >= 0x40 ? 'kept in the table' : first >= 0x10 ? 'never indexed' : 'not indexed';
      const name = number(first >= 0x40 ? 6 : 4);
      if (name === 0) skipText();
      skipText();
      found.push({ as, name });
    }
  }
  return found;
}

/** The server's end of an HTTP/2 connection, frame by frame. Acknowledges nothing and answers nothing by itself. */
export class FramePeer {
  readonly frames: Frame[] = [];
  readonly socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #prefaced = false;
  #onFrame: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined).on('data', (bytes) => this.#read(bytes));
    socket.once('close', () => this.#tell());
  }

  send(kind: number, flags: number, stream: number, payload: Buffer | string = ''): void {
    this.socket.write(frame(kind, flags, stream, payload));
  }

  settings(...settings: Buffer[]): void {
    this.send(type.settings, 0, 0, Buffer.concat(settings));
  }

  /** A header section that needs no CONTINUATION. */
  headers(stream: number, fields: Readonly<Record<string, string>>, flags = 0): void {
    this.send(type.headers, flag.endHeaders | flags, stream, block(Object.entries(fields)));
  }

  /** The next frame of this type that has not been taken yet, on this stream where one is given. */
  async next(kind: number, stream?: number): Promise<Frame> {
    for (;;) {
      const at = this.frames.findIndex((one) => one.type === kind && (stream ?? one.stream) === one.stream);
      if (at !== -1) return this.frames.splice(at, 1)[0] as Frame;
      if (this.socket.destroyed) throw new Error(`the connection ended before a frame of type ${kind}`);
      await new Promise<void>((resolve) => this.#onFrame.push(resolve));
    }
  }

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#prefaced && this.#bytes.length >= 24) {
      this.#prefaced = true;
      this.#bytes = this.#bytes.subarray(24);
    }
    while (this.#prefaced && this.#bytes.length >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) break;
      const [kind, flags] = [this.#bytes[3] as number, this.#bytes[4] as number];
      const stream = this.#bytes.readUInt32BE(5) & 0x7fffffff;
      this.frames.push({ type: kind, flags, stream, payload: Buffer.from(this.#bytes.subarray(9, end)) });
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#onFrame.splice(0)) resolve();
  }
}
