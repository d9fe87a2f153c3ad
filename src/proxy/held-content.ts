import type { Readable } from 'node:stream';
import { Content } from '../core/content.js';
import type { Draft } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { Grant } from '../policy/decide.js';
import type { CallerAnswer } from './answer.js';
import { mostBytesOf, type CallerRequest } from './caller-request.js';
import type { HeldBytes } from './held-bytes.js';
import type { Plan, Services } from './services.js';

/** Bytes of room that a body begins with. */
const firstRoom = 4096;

/**
 * Reads all of a body that a place or a signer has to see into the draft; undefined where none has to. What it takes of the memory for
 * such bodies stands in `request.held`. Throws or rejects with `body_too_large`, `overloaded`, or what became of the caller.
 */
export function holdContent(
  { limits, heldBytes }: Pick<Services, 'limits' | 'heldBytes'>,
  { plan, caller: { client } }: Pick<Grant<Plan>, 'plan' | 'caller'>,
  draft: Draft,
  request: CallerRequest,
  answer: Pick<CallerAnswer, 'invite'>,
): Promise<void> | undefined {
  if (request.body === undefined || draft.content !== undefined) return undefined;
  const holders = plan.filter(({ holds }) => holds?.(draft, client) === true);
  if (holders.length === 0) return undefined;
  const mayStream = holders.every(canDoWithout);
  if (isTooLarge(mostBytesOf(request), limits.heldBody) && mayStream) return undefined;
  return read({ limits, heldBytes }, client, draft, request, answer, { most: limits.heldBody, mayStream });
}

/** Reads all of a body into the draft, `most` bytes of it; undefined where there is none. Throws and rejects like `holdContent`. */
export function readContent(
  { limits, heldBytes }: Pick<Services, 'limits' | 'heldBytes'>,
  client: string,
  draft: Draft,
  request: CallerRequest,
  answer: Pick<CallerAnswer, 'invite'>,
  most = limits.heldBody,
): Promise<void> | undefined {
  return read({ limits, heldBytes }, client, draft, request, answer, { most, mayStream: false });
}

function read(
  { heldBytes }: Pick<Services, 'limits' | 'heldBytes'>,
  client: string,
  draft: Draft,
  request: CallerRequest,
  answer: Pick<CallerAnswer, 'invite'>,
  { most, mayStream }: Pick<Room, 'most' | 'mayStream'>,
): Promise<void> | undefined {
  const { body } = request;
  if (body === undefined) return undefined;
  const stated = mostBytesOf(request);
  if (isTooLarge(stated, most)) throw new Refusal('body_too_large');
  answer.invite();
  request.held = { client, bytes: 0 };
  return hold(draft, request, body, { most, mayStream, stated, heldBytes, held: request.held });
}

function isTooLarge(stated: number, most: number): boolean {
  return Number.isFinite(stated) && stated > most;
}

interface Room {
  readonly most: number;
  /** Whether what does not fit is let go on, and not refused. */
  readonly mayStream: boolean;
  readonly stated: number;
  readonly heldBytes: HeldBytes;
  readonly held: NonNullable<CallerRequest['held']>;
}

/** Where nothing has to be injected a body may stream by: a placeholder in it is refused there. */
function canDoWithout({ mode, sign }: Injection): boolean {
  return mode === 'substitute' && sign === undefined;
}

async function hold(draft: Draft, request: CallerRequest, body: Readable, room: Room): Promise<void> {
  const read = await readAll(body, room);
  if (Array.isArray(read)) {
    request.begun = read;
    return;
  }
  const content = new Content(read, draft.headers.all('content-encoding').join(), room.most);
  // A small body may be a large one out of its coding.
  if (content.legible === read || take(room, content.legible.length)) draft.content = content;
  else request.begun = [read];
}

/** In one piece from the beginning: a million pieces of one byte each would take a hundred times the memory. What there is, where it does not fit. */
async function readAll(body: Readable, room: Room): Promise<Buffer | Buffer[]> {
  const { most, mayStream, stated } = room;
  let bytes = Buffer.alloc(0);
  let length = 0;
  // What is left of it streams by.
  for await (const piece of body.iterator({ destroyOnReturn: !mayStream }) as AsyncIterable<Buffer>) {
    const needed = length + piece.length;
    if (needed > most && !mayStream) throw new Refusal('body_too_large');
    if (needed > bytes.length) {
      const size = Math.max(needed, Math.min(Math.max(2 * bytes.length, firstRoom), stated, most));
      if (needed > most || !take(room, size - bytes.length)) return [bytes.subarray(0, length), piece];
      const larger = Buffer.allocUnsafeSlow(size);
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    piece.copy(bytes, length);
    length = needed;
  }
  return bytes.subarray(0, length);
}

/** Whether there was room. Throws `overloaded` where there has to be. */
function take({ heldBytes, held, mayStream }: Room, bytes: number): boolean {
  try {
    heldBytes.take(held.client, bytes);
  } catch (error) {
    if (mayStream) return false;
    throw error;
  }
  held.bytes += bytes;
  return true;
}

/** Gives back what a body has of the memory for such bodies. */
export function giveBack({ heldBytes }: Pick<Services, 'heldBytes'>, held: CallerRequest['held']): void {
  if (held === undefined) return;
  heldBytes.give(held.client, held.bytes);
  held.bytes = 0;
}
