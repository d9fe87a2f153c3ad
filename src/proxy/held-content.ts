import { Content } from '../core/content.js';
import type { Draft } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Grant } from '../policy/decide.js';
import type { CallerAnswer } from './answer.js';
import { mostBytesOf, type CallerRequest } from './caller-request.js';
import type { Plan, Services } from './services.js';

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
  if (!plan.some((injection) => injection.holds?.(draft, client) === true)) return undefined;
  return readContent({ limits, heldBytes }, client, draft, request, answer);
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
  const { body } = request;
  if (body === undefined) return undefined;
  const stated = mostBytesOf(request);
  if (Number.isFinite(stated) && stated > most) throw new Refusal('body_too_large');
  answer.invite();
  return read();

  async function read(): Promise<void> {
    const pieces: Buffer[] = [];
    const held = { client, bytes: 0 };
    request.held = held;
    for await (const piece of body as AsyncIterable<Buffer>) {
      if (held.bytes + piece.length > most) throw new Refusal('body_too_large');
      heldBytes.take(client, piece.length);
      held.bytes += piece.length;
      pieces.push(piece);
    }
    draft.content = new Content(Buffer.concat(pieces), draft.headers.all('content-encoding').join(), most);
  }
}
