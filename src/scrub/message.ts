import { BodyScrubber } from './body.js';
import type { Needles } from './forms.js';

/** Masks what it finds in a whole message, byte for byte; the bytes given are never written to. */
export function scrubMessage(
  bytes: Buffer,
  binary: boolean,
  needles: Needles,
): { readonly bytes: Buffer; readonly masked: number } {
  const scrubber = new BodyScrubber(needles, binary ? 'application/octet-stream' : 'text/plain');
  const begin = scrubber.push(bytes);
  const rest = scrubber.end();
  return { bytes: rest.length === 0 ? begin : Buffer.concat([begin, rest]), masked: scrubber.masked };
}
