import { Transform, type Readable } from 'node:stream';
import { HeaderList } from '../core/header-list.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import type { Credential } from '../secrets/index.js';
import { escapesRead, longestEscaped, mayHoldEscapes } from './escaped-text.js';
import { standIn } from './guard.js';
import type { Injection } from './index.js';
import { piped } from '../core/piped.js';
import type { Placeholders } from './placeholder.js';
import { longestSpelling, placeholderIdsIn } from './search.js';

/**
 * Looks for placeholders in a request body as it streams by, split anywhere, in the escapes of JSON and XML too. Given `isPlaceholder`, what only has the form of
 * one is let through: among gigabytes of hexadecimal text the marker turns up by chance.
 */
export class BodyGuard {
  readonly #isPlaceholder: (id: string) => boolean;
  /** The end of what came so far: a placeholder may have begun in it. */
  #tail: Buffer = Buffer.alloc(0);

  constructor(isPlaceholder: (id: string) => boolean = () => true) {
    this.#isPlaceholder = isPlaceholder;
  }

  /** Whether a placeholder has come to its end in this chunk. */
  push(chunk: Buffer): boolean {
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, longestEscaped)]);
    const isWhole = chunk.length <= longestEscaped;
    const found = this.#holds(seam) || (!isWhole && this.#holds(chunk));
    const end = (isWhole ? seam : chunk).subarray(-longestEscaped);
    // Copied: a view would keep all of the chunk in memory.
    this.#tail = Buffer.from(mayHoldEscapes(end) ? end : end.subarray(-longestSpelling));
    return found;
  }

  #holds(bytes: Buffer): boolean {
    for (const id of placeholderIdsIn(bytes)) if (this.#isPlaceholder(id)) return true;
    const read = escapesRead(bytes);
    if (read === undefined) return false;
    for (const id of placeholderIdsIn(read)) if (this.#isPlaceholder(id)) return true;
    return false;
  }
}

/**
 * The same body, which ends with `placeholder_misplaced` before the chunk that completes a placeholder goes on. The body itself
 * is then left unread, so that the refusal can still be answered on its connection. `trailers` are filled when the body ends: with a
 * placeholder in them, whoever made it, it does not end well either.
 */
export function guardBody(
  body: Readable,
  isPlaceholder?: (id: string) => boolean,
  trailers: HeaderList = new HeaderList(),
): Readable {
  const guard = new BodyGuard(isPlaceholder);
  const guarded = new Transform({
    transform(chunk: Buffer, _, done) {
      if (guard.push(chunk)) done(misplaced('the body'));
      else done(null, chunk);
    },
    flush(done) {
      const found = placeholderIdsIn(Buffer.from(trailers.raw.join('\n'), 'latin1')).size > 0;
      done(found ? misplaced('the trailers') : null);
    },
  });
  return piped(body, guarded);
}

/**
 * Looks at each message that a caller sends on a WebSocket, and puts what it stands for in place of a placeholder that stands where
 * an injection says. Throws `placeholder_misplaced` for a message that holds one anywhere else, in whatever spelling.
 */
export function guardMessages(
  injections: readonly Injection[],
  client: string,
  credentials: ReadonlyMap<string, Credential>,
  placeholders: Placeholders,
): (bytes: Buffer, binary: boolean) => Buffer {
  const holdsOne = (bytes: Buffer): boolean =>
    [...placeholderIdsIn(bytes)].some((id) => placeholders.owner(id) !== undefined);
  const standIns = new Map([...credentials.keys()].map((name) => [name, standIn(name)]));
  const placed = (text: string, values: ReadonlyMap<string, Credential>): string =>
    injections.reduce((sofar, { message }) => message?.(sofar, client, values) ?? sofar, text);
  return (bytes, binary) => {
    if (!holdsOne(bytes)) return bytes;
    const text = bytes.toString('utf8');
    if (binary || holdsOne(Buffer.from(placed(text, standIns)))) throw misplaced('a message');
    return Buffer.from(placed(text, credentials));
  };
}

function misplaced(where: string): Refusal {
  return new Refusal('placeholder_misplaced', { cause: new Reason(`a placeholder in ${where}`) });
}
