import { PassThrough, type Readable } from 'node:stream';
import { piped } from '../core/piped.js';

/** A body from its beginning, of which so much has been read already. `onGone` is called when nothing of that is in memory any more. */
export function fromBeginning(begun: readonly Buffer[], body: Readable, onGone: () => void): Readable {
  // Without room of its own: that a piece has been taken means that those before it have gone further.
  const whole = new PassThrough({ readableHighWaterMark: 0 });
  for (const piece of begun) whole.write(piece);
  // Nothing goes by in it; it is only told when all before it has been.
  whole.write(Buffer.alloc(0), onGone);
  return piped(body, whole);
}
