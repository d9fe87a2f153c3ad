import { createRequire } from 'node:module';
import type { Duplex, Writable } from 'node:stream';
import type { Deflate } from './websocket-handshake.js';

const require = createRequire(import.meta.url);

/** What of the package `ws` is used: it reads and writes frames (RFC 6455 section 5), and compresses them (RFC 7692). */
export interface Ws {
  readonly Receiver: new (options: {
    readonly binaryType: 'nodebuffer';
    readonly extensions: Extensions;
    readonly isServer: boolean;
    readonly maxPayload: number;
    readonly maxFragments: number;
  }) => Writable;
  readonly Sender: new (socket: Duplex, extensions: Extensions) => FrameSender;
  readonly PerMessageDeflate: new (options: object) => PerMessageDeflate;
}

export interface FrameSender {
  send(data: Buffer, options: SendOptions, done: () => void): void;
  ping(data: Buffer, mask: boolean, done: () => void): void;
  pong(data: Buffer, mask: boolean, done: () => void): void;
  close(code: number | undefined, reason: Buffer, mask: boolean, done: () => void): void;
}

interface SendOptions {
  readonly binary: boolean;
  readonly compress: boolean;
  readonly mask: boolean;
  readonly fin: true;
}

export interface PerMessageDeflate {
  accept(parameters: readonly Readonly<Record<string, readonly unknown[]>>[]): unknown;
  decompress(data: Buffer, fin: boolean, done: (error: Error | null, data?: Buffer) => void): void;
  cleanup(): void;
}

type Extensions = Readonly<Record<string, PerMessageDeflate>>;

/** Only connections whose messages are read need it. */
let loaded: Ws | undefined;
export const ws = (): Ws => (loaded ??= require('ws') as Ws);

/** Compression with these parameters, on the side of the client's peer (`isServer`) or of the server's. `maxPayload` is in bytes. */
export function openDeflate(parameters: Deflate, isServer: boolean, maxPayload: number): PerMessageDeflate {
  const { PerMessageDeflate } = ws();
  // Speed rather than size: a message is compressed once more on its way.
  const deflate = new PerMessageDeflate({ isServer, maxPayload, zlibDeflateOptions: { level: 1 } });
  deflate.accept([Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]))]);
  return deflate;
}

/** What to close with (RFC 6455 section 7.4.1), by the codes that ws documents; zlib's are of data that cannot be decompressed. */
export function closeCodeOf(error: Error & { readonly code?: unknown }): number {
  switch (error.code) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 1009;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return 1008;
    case 'WS_ERR_INVALID_UTF8':
      return 1007;
    default:
      return typeof error.code === 'string' && error.code.startsWith('Z_') ? 1007 : 1002;
  }
}
