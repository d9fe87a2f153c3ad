import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { Credential } from '../secrets/index.js';
import { CallerAnswer } from './answer.js';
import { parseRequest } from './head.js';
import type { Passage } from './passage.js';
import { refuseRequest } from './refuse.js';
import { sanitizeRequest } from './sanitize.js';
import type { Services } from './services.js';
import { Trail } from './trail.js';
import { isWebSocketHandshake } from './web-socket.js';

/**
 * ★ The life of a request, top to bottom. Each step needs what the one before returned:
 * parse → identify → decide → vet the address → acquire the credential → record → send (inject, dispatch, scrub) → record.
 */
export async function serveRequest(
  services: Services,
  passage: Passage,
  message: IncomingMessage,
  response: ServerResponse,
  upgrading?: Socket,
): Promise<void> {
  const trail = new Trail(services, passage.clientAddress, message.method ?? '');
  const answer = new CallerAnswer(message, response, upgrading);
  // Known before a byte is read: a request that does not parse is refused to somebody, not noise.
  if (passage.tunnel !== undefined)
    Object.assign(trail.known, { caller: passage.tunnel.caller, target: passage.tunnel });
  try {
    const { head, target, hasBody } = parseRequest(message, passage, services.limits);
    // RFC 6455 section 4.1: a handshake has no content; where it ends, two readers would read two ways.
    if (hasBody && isWebSocketHandshake(message)) throw new Refusal('bad_framing');
    Object.assign(trail.known, { path: head.path, target });
    const caller = identify(services, passage, message);
    trail.known.caller = caller;
    const grant = services.decider.decide(caller, target, head.method, head.path);
    sanitizeRequest(head.headers, grant.byOperation);
    const injections = services.chooseInjections(grant, head, caller);
    checkUpgrade(upgrading, injections);
    const route = await services.vetter.vet(target.authority);
    const credentials = await acquire(services, injections, caller, answer.signal);
    await trail.use(grant, route, injections, credentials.values());
    const body = hasBody ? bodyOf(services, answer, message) : undefined;
    const outgoing = {
      target,
      route,
      caller,
      head,
      body,
      injections,
      credentials,
      upgrade: upgrading !== undefined,
    };
    const { status, masked } = await services.sender.send(outgoing, answer, answer.signal);
    trail.ended({ ...answer.counted, status, masked });
  } catch (error) {
    const refusal = trail.failed(answer.failure(error), answer.counted);
    if (refusal.status === 400) passage.closed = true;
    refuseRequest(answer, trail.id, refusal);
  }
}

/** Inside a tunnel the caller is who opened it; on a listener of its own it is who the listener stands for. */
function identify(services: Services, passage: Passage, message: IncomingMessage): Caller {
  if (passage.tunnel !== undefined) return passage.tunnel.caller;
  if (passage.client !== undefined) return { client: passage.client };
  return services.callers.identify(message.headers['proxy-authorization'], passage.clientAddress);
}

/** Messages after the handshake are not scrubbed yet: so no credential goes into one. */
function checkUpgrade(upgrading: Socket | undefined, injections: readonly Injection[]): void {
  if (upgrading !== undefined && injections.length > 0) throw new Refusal('upgrade_refused');
}

async function acquire(
  services: Services,
  injections: readonly Injection[],
  caller: Caller,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Credential>> {
  const credentials = new Map<string, Credential>();
  for (const name of new Set(injections.flatMap((injection) => injection.secrets))) {
    credentials.set(name, await services.secrets.acquire(name, caller, signal));
  }
  return credentials;
}

/** The body as it will be sent; a client that asked whether to send it is told to (RFC 9110 section 10.1.1). */
function bodyOf(services: Services, answer: CallerAnswer, message: IncomingMessage): Readable {
  answer.invite(services.limits.requestIdleTimeout);
  return services.guardBody?.(message) ?? message;
}
