import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import type { AnswerBody } from '../scrub/answer-body.js';
import { CodedBody } from '../scrub/coded-body.js';
import { EnvelopedBody, envelopeFlags } from '../scrub/enveloped-body.js';
import type { Needles } from '../scrub/forms.js';
import { IdentityBody } from '../scrub/identity-body.js';
import { checkMessageCoding, checkParts, codingOf } from './answer-head.js';

export type { AnswerBody, Outcome } from '../scrub/answer-body.js';

/** What the body of an answer goes through. */
export interface OpenedBody {
  readonly body: AnswerBody;
  /** Milliseconds from the first byte of the body until `release`; 0: at once, before there is one. */
  readonly patience: number;
  /** Whether its steps may take time. */
  readonly decodes: boolean;
}

/** What answers within it, which is nearly everything, can still be masked in a content coding. */
const patience = 100;

/**
 * Opens the body of an answer to a request that carried a credential and this `Accept-Encoding`. The header section is as it came.
 * Throws a Refusal (`response_coding`) for an answer whose body cannot be searched. An answer that has no body (to HEAD, 204, 304)
 * is not asked about: its Content-Encoding passes.
 */
export function openAnswerBody(
  needles: Needles,
  status: number,
  headers: HeaderList,
  acceptEncoding: string,
): OpenedBody {
  checkParts(headers);
  checkMessageCoding(headers);
  const coding = codingOf(headers, acceptEncoding);
  const contentType = headers.first('content-type');
  const range = status === 206;
  const flags = range ? undefined : envelopeFlags(contentType);
  if (coding === undefined && flags !== undefined) {
    return { body: new EnvelopedBody(needles, contentType, flags), patience: 0, decodes: false };
  }
  if (coding === undefined) {
    return { body: new IdentityBody(needles, contentType, { start: range, end: range }), patience: 0, decodes: false };
  }
  // A range of coded bytes (RFC 9110 section 14.2) cannot be decoded. Where the caller asks for one, no coding is asked for.
  if (range) throw new Refusal('response_coding');
  const body = new CodedBody(coding, needles, contentType);
  return { body, patience: isStreaming(contentType) ? 0 : patience, decodes: true };
}

/** Media types of which each part matters at once: their reader waits for the head, and the destination for nothing. */
const streamingTypes =
  /^(?:text\/event-stream|multipart\/x-mixed-replace|application\/(?:(?:x-)?ndjson|jsonl|x-jsonlines|json-seq|stream\+json|grpc\b))/i;

function isStreaming(contentType: string | undefined): boolean {
  return streamingTypes.test(contentType?.trim() ?? '');
}
