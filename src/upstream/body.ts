import type { Readable, Writable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';

/** What a body is written with, in whatever version of HTTP: see `MessageWriter`. */
export interface BodyWriter {
  write(piece: Buffer): boolean;
  flush(): void;
  /** `trailers` are names and values in turn. Throws where they would break the message. */
  end(trailers: readonly string[]): void;
}

export interface BodyProgress {
  /** Something went out, or may again. */
  onMove(): void;
  onSent(): void;
  onFailure(error: unknown): void;
}

/**
 * Sends a request body while it comes, held back by a destination that reads slowly, and its trailers, which are complete when it has
 * ended. The body listens for its own errors as well. Returns what stops it; where it fails, it has stopped.
 */
export function sendBody(
  body: Readable,
  trailers: HeaderList,
  writer: BodyWriter,
  out: Writable,
  progress: BodyProgress,
): () => void {
  const resume = (): void => {
    progress.onMove();
    body.resume();
  };
  const leave = (): void => {
    out.off('drain', resume).off('close', stop);
    body.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose);
  };
  // Paused, not only left: a body that flows on to nobody would have a hole when the request is tried again.
  const stop = (): void => {
    leave();
    body.pause();
  };
  const onData = (piece: Buffer): void => {
    progress.onMove();
    if (writer.write(piece)) return;
    body.pause();
    out.once('drain', resume);
  };
  const onEnd = (): void => {
    leave();
    try {
      writer.end(trailers.raw);
    } catch (error) {
      progress.onFailure(error);
      return;
    }
    progress.onSent();
  };
  const onClose = (): void => {
    stop();
    progress.onFailure(body.errored ?? new Refusal('caller_gone'));
  };
  if (body.destroyed) {
    onClose();
    return stop;
  }
  out.on('close', stop);
  body.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose).resume();
  // The head goes now: who waits for it before it sends must not wait for ever.
  setImmediate(() => writer.flush());
  return stop;
}
