import type { OnReadOpts, Socket } from 'node:net';

/** Bytes that were read; they are good until it returns. */
type Take = (bytes: Buffer) => void;

interface Taker {
  take: Take | undefined;
}

/** What a read may bring, bytes; a TLS record holds a quarter of it (RFC 8446 section 5.1). */
const room = 64 * 1024;

/** Who takes the reads of a socket as they are. */
const takers = new WeakMap<Socket, Taker>();

/**
 * Opens a socket that reads into the same memory again and again (the `onread` of node:net). Memory of its own for each read is a great
 * part of what a large answer costs, since V8 collects garbage for it. While nobody takes the reads they are copied: then the socket is
 * a stream like any other.
 */
export function lendingReads<S extends Socket>(open: (onread: OnReadOpts) => S): S {
  const taker: Taker = { take: undefined };
  const memory = Buffer.allocUnsafeSlow(room);
  const socket = open({
    buffer: memory,
    callback: (length) => {
      const bytes = memory.subarray(0, length);
      // Never before what came earlier and still waits in the stream.
      if (taker.take === undefined || socket.readableLength > 0) return socket.push(Buffer.from(bytes));
      taker.take(bytes);
      return true;
    },
  });
  takers.set(socket, taker);
  return socket;
}

/**
 * Lets the socket flow, and hands each read to `take`, from any kind of socket. What was under way when it was paused still comes: at
 * most one read from the system. Returns what ends it; then the socket is a stream again.
 */
export function takeReads(socket: Socket, take: Take): () => void {
  const taker = takers.get(socket);
  if (taker !== undefined) taker.take = take;
  socket.on('data', take);
  return () => {
    if (taker !== undefined) taker.take = undefined;
    socket.off('data', take);
  };
}
