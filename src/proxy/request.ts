import { HeaderList } from '../core/header-list.js';
import type { Caller, Draft, Target } from '../core/message.js';
import type { Injection } from '../inject/index.js';
import type { Credential } from '../secrets/index.js';
import type { Outgoing } from '../upstream/send.js';
import type { Decider } from '../policy/decide.js';
import type { CallerAnswer } from './answer.js';
import { fromBeginning } from './begun-body.js';
import type { CallerRequest } from './caller-request.js';
import { parseRequest } from './head.js';
import { giveBack, holdContent } from './held-content.js';
import { checkAction } from './named-action.js';
import type { Passage } from './passage.js';
import { forget, forgetCertificate, replacementFor } from './refused-credentials.js';
import { sanitizeRequest, sanitizeTrailers, takesTrailers } from './sanitize.js';
import type { Plan, Services } from './services.js';
import { answerTokenRequest } from './token-endpoint.js';
import { Trail } from './trail.js';
import { allowUpgrade } from './upgrade.js';

/**
 * ★ The life of a request, top to bottom. Each step needs what the one before returned:
 * parse → identify → decide → choose what fires → vet the address → acquire the credential → record
 * → send (inject, sign, dispatch, scrub) → record. A request for a token that a policy intercepts ends at its decision: it is answered.
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
    const { head, target, upgrade: asked } = parseRequest(request, passage, services.limits);
    trail.knowRequest(head, target);
    const caller = identify(services, passage, request);
    trail.known.caller = caller;
    const grant = services.decider.decide(caller, target, head.method, head.path);
    const upgrade = allowUpgrade(asked, grant, answer);
    const takes = takesTrailers(head.headers);
    const listed = sanitizeRequest(head.headers, grant.byOperation || goesIntoPath(grant.plan));
    if (grant.tokenEndpoint !== undefined) {
      await answerTokenRequest(services, trail, { grant, endpoint: grant.tokenEndpoint }, { head, request }, answer);
      return;
    }
    if (grant.pending.length > 0) await checkAction(services, grant, head, request, answer);
    const holding = holdContent(services, grant, head, request, answer);
    if (holding !== undefined) await holding;
    const injections = services.chooseInjections(grant, head, caller, upgrade === 'websocket');
    const vetted = services.vetter.vet(target.authority);
    const route = vetted instanceof Promise ? await vetted : vetted;
    const credentials = await acquire(services, injections, caller, answer);
    await trail.use(grant, route, injections, credentials.values());
    if (upgrade !== undefined) standBy(services, answer, caller, target, head);
    const content = contentOf(services, answer, head, request, (trailers) => {
      sanitizeTrailers(trailers, head.headers, listed);
    });
    // A policy that passes upgrades on unread does so where no credential is in play.
    const isRead = upgrade === 'websocket' && (injections.length > 0 || !grant.unsafeOpaqueUpgrade);
    const guard = isRead ? services.guardMessages?.(injections, caller, credentials) : undefined;
    const use = { grant, route, injections, credentials };
    const replace = replacementFor(services, trail, caller, use, { head, body: content.body, upgrade });
    const rest = { takesTrailers: takes, injections, credentials, upgrade, guard, replace, version: request.version };
    const { status, refused } = await services.sender
      .send({ target, route, caller, head, ...content, ...rest }, answer)
      .catch((error: unknown) => forgetCertificate(services, caller, use, error));
    if (refused || (status === 401 && replace === undefined)) forget(services, caller, use, 'credentials');
    trail.ended(status, answer.counted);
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

/** Then a header that overrides the path would bring another one, with what the caller likes in it. */
function goesIntoPath(plan: Plan): boolean {
  return plan.some(({ fields }) => fields.includes(':path'));
}

/** What is upgraded goes on long after it was decided: it is asked for again when the configuration changes. */
function standBy(services: Services, answer: CallerAnswer, caller: Caller, target: Target, head: Draft): void {
  const { method, path } = head;
  const decide = (by: Decider<unknown>): unknown => by.decide(caller, target, method, path);
  const connection = {
    destroy: () => answer.revoke(),
    once: (event: 'close', listener: () => void) => answer.connection.once(event, listener),
  };
  services.stands({ connection, caller, authority: target.authority, decide });
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
      const ready = services.secrets.ready(name, caller);
      credentials.set(name, ready ?? (await services.secrets.acquire(name, caller, answer.signal)));
    }
  }
  return credentials;
}

/** The content as it will be sent; a caller that asked whether to send it is told to. Its trailers are complete when it ends. */
function contentOf(
  services: Services,
  answer: CallerAnswer,
  { content }: Draft,
  { body, trailers, framing, begun, held }: CallerRequest,
  clean: (trailers: HeaderList) => void,
): Pick<Outgoing, 'body' | 'trailers' | 'chunked'> {
  if (body === undefined) return { body, trailers, chunked: false };
  // What is in memory has a length that is known, and has been looked at; trailers may always be left out (RFC 9110 section 6.5.1).
  if (content !== undefined) return { body: undefined, trailers: new HeaderList(), chunked: false };
  answer.invite();
  const whole = begun === undefined ? body : fromBeginning(begun, body, () => giveBack(services, held));
  const guarded = services.guardBody?.(whole, trailers) ?? whole;
  guarded.once('end', () => clean(trailers));
  return { body: guarded, trailers, chunked: framing.kind === 'chunked' };
}
