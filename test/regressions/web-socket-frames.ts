import { randomBytes } from 'node:crypto';

/** A frame in literal bytes (RFC 6455 section 5.2); masked where a client sends it. */
export function frame(
  first: number,
  payload: string | Buffer,
  options: { readonly masked?: boolean; readonly length?: number } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const length = options.length ?? bytes.length;
  const bit = options.masked === true ? 0x80 : 0;
  const head = Buffer.from(
    length < 126
      ? [first, bit | length]
      : length < 65536
        ? [first, bit | 126, 0, 0]
        : [first, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0],
  );
  if (length >= 65536) head.writeBigUInt64BE(BigInt(length), 2);
  else if (length >= 126) head.writeUInt16BE(length, 2);
  if (options.masked !== true) return Buffer.concat([head, bytes]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, bytes.map((byte, i) => byte ^ (key[i % 4] as number))]);
}

/** FIN and the operation code. */
export const text = 0x81;
export const binary = 0x82;
export const close = 0x88;
export const ping = 0x89;

export interface Frame {
  readonly first: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** The whole frames in these bytes, unmasked. */
export function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const second = bytes[at + 1] as number;
    const short = second & 0x7f;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = second >= 0x80;
    const start = at + 2 + wide + (masked ? 4 : 0);
    if (start > bytes.length) break;
    const length = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (start + length > bytes.length) break;
    const key = masked ? bytes.subarray(start - 4, start) : Buffer.alloc(4);
    const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, i) => byte ^ (key[i % 4] as number)));
    frames.push({ first: bytes[at] as number, masked, payload });
    at = start + length;
  }
  return frames;
}

/** The code of the first close frame; undefined where there is none. */
export function closeCode(bytes: Buffer): number | undefined {
  const found = framesIn(bytes).find(({ first }) => first === close);
  return found === undefined || found.payload.length < 2 ? undefined : found.payload.readUInt16BE(0);
}
