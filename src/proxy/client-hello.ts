/** A ClientHello is one record in practice; what has not come whole by this size is not taken for one. */
export const clientHelloLimit = 16 * 1024 + 5;

export type ClientHello =
  | { readonly state: 'incomplete' }
  | { readonly state: 'not-tls' }
  | { readonly state: 'whole'; readonly serverName: string | undefined };

/**
 * The server name in the first bytes of a TLS connection (RFC 8446 section 4.1.2, RFC 6066 section 3), without ending it:
 * what a blind tunnel has to agree with its CONNECT.
 */
export function readClientHello(bytes: Buffer): ClientHello {
  if (bytes.length > 0 && bytes[0] !== 0x16) return { state: 'not-tls' };
  if (bytes.length < 9) return { state: 'incomplete' };
  if (bytes[1] !== 3 || bytes[5] !== 1) return { state: 'not-tls' };
  const recordEnd = 5 + bytes.readUInt16BE(3);
  const helloEnd = 9 + bytes.readUIntBE(6, 3);
  if (recordEnd > clientHelloLimit || helloEnd > recordEnd) return { state: 'not-tls' };
  if (bytes.length < recordEnd) return { state: 'incomplete' };
  try {
    return { state: 'whole', serverName: serverNameIn(bytes.subarray(9, helloEnd)) };
  } catch {
    // A length that points outside: RangeError from Buffer, and no ClientHello.
    return { state: 'not-tls' };
  }
}

/** Skips version, random, session id, cipher suites and compression methods, then walks the extensions. */
function serverNameIn(hello: Buffer): string | undefined {
  let at = 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at === hello.length) return undefined;
  const end = at + 2 + hello.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    if (type === 0) {
      const nameLength = hello.readUInt16BE(at + 7);
      if (hello.readUInt8(at + 6) !== 0 || nameLength + 5 !== length) throw new RangeError('not one host name');
      return hello.toString('latin1', at + 9, at + 9 + nameLength);
    }
    at += 4 + length;
  }
  return undefined;
}
