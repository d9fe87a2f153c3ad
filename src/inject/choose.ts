import { HeaderList } from '../core/header-list.js';
import type { Caller, Draft, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { isCrossSite } from './cross-site.js';
import { checkAnswered, checkRequest } from './guard.js';
import type { Injection } from './index.js';
import type { Placeholders } from './placeholder.js';

/** What of a grant decides about credentials. */
export interface Leave {
  readonly plan: readonly Injection[];
  readonly target: Target;
  readonly unsafeCleartext: boolean;
}

/**
 * Which injections fire for this request. Throws `cleartext_credential`, `cross_site` (mode `set` for a request that a browser makes
 * across sites), or `placeholder_misplaced`: a placeholder that no firing injection will replace is on its way to the wrong place.
 * Places within messages are for a request that asks for a WebSocket.
 */
export function chooseInjections(
  leave: Leave,
  request: Draft,
  caller: Caller,
  placeholders: Placeholders,
  asksForWebSocket = false,
): readonly Injection[] {
  const firing = leave.plan.filter(
    (injection) => (asksForWebSocket || injection.message === undefined) && injection.wants(request, caller.client),
  );
  if (firing.length > 0 && leave.target.scheme === 'http' && !leave.unsafeCleartext) {
    throw new Refusal('cleartext_credential', { hint: 'A policy with `unsafe_cleartext: true` would allow it.' });
  }
  // There is no handshake to show it in, whatever the policy allows.
  if (leave.target.scheme === 'http' && firing.some(({ certificate }) => certificate !== undefined)) {
    throw new Refusal('cleartext_credential');
  }
  if (firing.some(({ mode }) => mode === 'set') && isCrossSite(request, leave.target.authority))
    throw new Refusal('cross_site');
  if (placeholders.any) checkRequest(request, firing, caller.client, placeholders);
  return firing;
}

/**
 * What a request for a token, which goes nowhere, is answered with: this caller's placeholder for the secret. Throws `cross_site`,
 * `placeholder_misplaced` (of another client, or in the URL), or `no_placeholder` for a caller that has none, as one without a name.
 */
export function chooseToken(
  { target, secret }: Pick<Leave, 'target'> & { readonly secret: string },
  request: Draft,
  trailers: HeaderList,
  caller: Caller,
  placeholders: Placeholders,
): string {
  if (isCrossSite(request, target.authority)) throw new Refusal('cross_site');
  const headers = new HeaderList([...request.headers.raw, ...trailers.raw]);
  checkAnswered({ ...request, headers }, caller.client, placeholders);
  const placeholder = placeholders.of(caller.client, secret);
  if (placeholder === undefined) throw new Refusal('no_placeholder');
  return placeholder;
}
