import type { Readable } from 'node:stream';
import type { Caller, RequestHead, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { Credential } from '../secrets/index.js';
import type { Decider } from '../policy/decide.js';
import type { CallerAnswer } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { parseRequest } from './head.js';
import type { Passage } from './passage.js';
import { sanitizeRequest, takesTrailers } from './sanitize.js';
import type { Services } from './services.js';
import { Trail } from './trail.js';

/**
 * ★ The life of a request, top to bottom. Each step needs what the one before returned:
 * parse → identify → decide → vet the address → acquire the credential → record → send (inject, dispatch, scrub) → record.
 */
export async function serveRequest(
  services: Services,
  passage: Passage,
  request: CallerRequest,
  answer: CallerAnswer,
): Promise<void> {
  const trail = new Trail(services, passage.clientAddress, request.method);
  // Known before a byte is read: a request that does not parse is refused to somebody, not noise.
  if (passage.tunnel !== undefined) trail.knowTunnel(passage.tunnel);
  try {
    const { head, target, upgrade } = parseRequest(request, passage, services.limits);
    trail.knowRequest(head, target);
    const caller = identify(services, passage, request);
    trail.known.caller = caller;
    const grant = services.decider.decide(caller, target, head.method, head.path);
    const trailers = takesTrailers(head.headers);
    sanitizeRequest(head.headers, grant.byOperation);
    const injections = services.chooseInjections(grant, head, caller);
    checkUpgrade(upgrade, injections);
    const vetted = services.vetter.vet(target.authority);
    const route = vetted instanceof Promise ? await vetted : vetted;
    const credentials = await acquire(services, injections, caller, answer);
    await trail.use(grant, route, injections, credentials.values());
    if (upgrade !== undefined) standBy(services, answer, caller, target, head);
    const body = bodyOf(services, answer, request);
    const { version } = request;
    const chunked = body !== undefined && request.framing.kind === 'chunked';
    const sent = { target, route, caller, head, body, chunked, takesTrailers: trailers };
    const outgoing = { ...sent, injections, credentials, upgrade, version };
    const { status } = await services.sender.send(outgoing, answer);
    trail.ended({ ...answer.counted, status });
  } catch (error) {
    const refusal = trail.failed(answer.failure(error), answer.counted);
    if (refusal.status === 400) passage.closed = true;
    answer.refuse(refusal, trail.id);
  }
}

/** On a listener of its own the caller is who the listener stands for; inside a tunnel who opened it, if still known. */
function identify(services: Services, passage: Passage, request: CallerRequest): Caller {
  if (passage.client !== undefined) return { client: passage.client };
  if (passage.tunnel !== undefined) return services.callers.confirm(passage.tunnel.caller);
  return services.callers.identify(request.headers.first('proxy-authorization'), passage.clientAddress);
}

/** What is upgraded goes on long after it was decided: it is asked for again when the configuration changes. */
function standBy(services: Services, answer: CallerAnswer, caller: Caller, target: Target, head: RequestHead): void {
  const { method, path } = head;
  const decide = (by: Decider<unknown>): unknown => by.decide(caller, target, method, path);
  services.stands({ connection: answer.connection, caller, authority: target.authority, decide });
}

/** Messages after the handshake are not scrubbed yet: so no credential goes into one. */
function checkUpgrade(upgrade: string | undefined, injections: readonly Injection[]): void {
  if (upgrade !== undefined && injections.length > 0) throw new Refusal('upgrade_refused');
}

async function acquire(
  services: Services,
  injections: readonly Injection[],
  caller: Caller,
  answer: CallerAnswer,
): Promise<ReadonlyMap<string, Credential>> {
  const credentials = new Map<string, Credential>();
  for (const { secrets } of injections) {
    for (const name of secrets) {
      if (credentials.has(name)) continue;
      const ready = services.secrets.ready(name);
      credentials.set(name, ready ?? (await services.secrets.acquire(name, caller, answer.signal)));
    }
  }
  return credentials;
}

/** The body as it will be sent; a caller that asked whether to send it is told to. */
function bodyOf(services: Services, answer: CallerAnswer, { body }: CallerRequest): Readable | undefined {
  if (body === undefined) return undefined;
  answer.invite();
  return services.guardBody?.(body) ?? body;
}
