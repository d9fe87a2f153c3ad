const percent = 0x25;

/**
 * The parts of these bytes that hold percent-encoded bytes (RFC 3986 section 2.1), each with `around` bytes at both sides;
 * escapes closer than that stand in one part. In binary data such parts are few and short.
 */
export function* escapedParts(bytes: Buffer, around: number): Generator<Buffer> {
  for (let begin = nextEscape(bytes, 0, bytes.length); begin !== -1;) {
    let end = begin + 3;
    let next = nextEscape(bytes, end, end + around);
    while (next !== -1) {
      end = next + 3;
      next = nextEscape(bytes, end, end + around);
    }
    yield bytes.subarray(Math.max(0, begin - around), end + around);
    begin = nextEscape(bytes, end, bytes.length);
  }
}

/** Where the next escape begins, from `from` on and before `until`; -1 where there is none. */
function nextEscape(bytes: Buffer, from: number, until: number): number {
  for (let at = bytes.indexOf(percent, from); at !== -1 && at < until; at = bytes.indexOf(percent, at + 1)) {
    if (hexDigit(bytes[at + 1]) !== -1 && hexDigit(bytes[at + 2]) !== -1) return at;
  }
  return -1;
}

/** Each escape decoded once; what is no escape stays as it is. */
export function percentDecoded(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    const high = byte === percent ? hexDigit(bytes[at + 1]) : -1;
    const low = high === -1 ? -1 : hexDigit(bytes[at + 2]);
    if (low !== -1) at += 2;
    decoded[length] = low === -1 ? byte : high * 16 + low;
    length += 1;
  }
  return decoded.subarray(0, length);
}

/** The value of a hexadecimal digit in either case, or -1. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
