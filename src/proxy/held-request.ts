import { randomUUID } from 'node:crypto';
import { Refusal } from '../core/refusal.js';
import type { CallerAnswer } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { giveBack } from './held-content.js';
import type { Passage } from './passage.js';
import { serveRequest } from './request.js';
import type { Services } from './services.js';

/** Serves a request in a place of its own: what it uses is not closed before it has ended, and there are only so many places. */
export async function serveHeld(
  services: Services,
  passage: Passage,
  request: CallerRequest,
  answer: CallerAnswer,
): Promise<void> {
  const release = services.hold();
  if (release === undefined) {
    // Said before anything is made for the request.
    services.audit.noise('overloaded', passage.clientAddress);
    answer.refuse(new Refusal('overloaded'), randomUUID());
    return;
  }
  try {
    await serveRequest(services, passage, request, answer);
  } finally {
    release();
    giveBack(services, request.held);
  }
}
