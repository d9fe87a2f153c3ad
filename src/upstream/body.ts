import type { Readable, Writable } from 'node:stream';
import type { MessageWriter } from '../http1/writer.js';

export interface BodyProgress {
  /** Something went out, or may again. */
  onMove(): void;
  onSent(): void;
  onFailure(error: unknown): void;
}

/** Sends a request body while it comes, held back by a destination that reads slowly. */
export function sendBody(body: Readable, writer: MessageWriter, out: Writable, progress: BodyProgress): void {
  if (body.errored !== null || (body.destroyed && !body.readableEnded)) {
    progress.onFailure(body.errored ?? new Error('the request body is gone'));
    return;
  }
  const resume = (): void => {
    progress.onMove();
    body.resume();
  };
  const stop = (): void => {
    body.off('data', onData);
    out.off('drain', resume);
  };
  const onData = (piece: Buffer): void => {
    progress.onMove();
    if (writer.write(piece)) return;
    body.pause();
    out.once('drain', resume);
  };
  body
    .on('data', onData)
    .once('end', () => {
      writer.end();
      progress.onSent();
    })
    .once('error', (error) => {
      stop();
      progress.onFailure(error);
    })
    .once('close', () => {
      if (!body.readableEnded) progress.onFailure(body.errored ?? new Error('the request body is gone'));
    });
  out.once('close', stop);
  // The head goes now: who waits for it before it sends must not wait for ever.
  setImmediate(() => writer.flush());
}
