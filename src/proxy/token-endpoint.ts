import { HeaderList } from '../core/header-list.js';
import type { Draft } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { Grant, TokenEndpoint } from '../policy/decide.js';
import type { TokenAccount } from '../policy/rule.js';
import type { CallerAnswer } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { readContent } from './held-content.js';
import type { Plan, Services } from './services.js';
import { tokenContent, tokenRefusalContent } from './token-answer.js';
import { readTokenRequest, tokenRequestRefused } from './token-request.js';
import type { Trail } from './trail.js';

/** A service account's assertion, the largest part of such a request, takes some 2 KiB; bytes. */
const mostContent = 64 * 1024;

/** A policy's token endpoint, and the leave to use it. */
export interface TokenGrant {
  readonly grant: Grant<Plan>;
  readonly endpoint: TokenEndpoint;
}

/**
 * A request for a token (RFC 6749 section 4) that a policy answers in place of the destination: with this client's placeholder for the
 * secret, so that whoever asks works with that as with a token. What it shows of itself is read over and goes nowhere; the proxy has
 * identified it. The secret is acquired all the same: that it cannot be had is told here, where SDKs expect it.
 */
export async function answerTokenRequest(
  services: Services,
  trail: Trail,
  { grant, endpoint }: TokenGrant,
  { head, request }: { readonly head: Draft; readonly request: CallerRequest },
  answer: CallerAnswer,
): Promise<void> {
  const { caller, target } = grant;
  answer.tell = tokenRefusalContent;
  if (head.method !== 'POST') throw new Refusal('method_refused');
  await readContent(services, caller.client, head, request, answer, mostContent);
  const placeholderOf = (name: string): string =>
    services.chooseToken({ target, secret: name }, head, request.trailers, caller);
  // Before anything of the content is looked at: this checks what else stands in the request.
  placeholderOf(endpoint.secret);
  const { issuedTokenType, shows } = readTokenRequest(head);
  const { secret, scope } = accountFor(endpoint, (name) => shows(placeholderOf(name)));
  const placeholder = placeholderOf(secret);
  const credential =
    services.secrets.ready(secret, caller) ?? (await services.secrets.acquire(secret, caller, answer.signal));
  await trail.use(grant, undefined, [], [credential]);
  if (answer.gone) throw new Refusal('caller_gone');
  const { expiresAt } = credential;
  const token = { placeholder, scope, issuedTokenType, expiresAt, now: services.clock.now() };
  const { body, fields } = tokenContent(token, trail.id);
  answer.head({ status: 200, statusText: 'OK', headers: new HeaderList(fields) });
  answer.data(body);
  answer.end(new HeaderList());
  answer.flush();
  trail.ended(200, answer.counted);
}

/**
 * Which account is asked for. All of them are the caller's own, so nobody gets what is not theirs by showing another one; but one that
 * is not told for certain is none, as the program would work on what it did not mean.
 */
function accountFor(endpoint: TokenEndpoint, isShown: (secret: string) => boolean): TokenAccount {
  const accounts = [endpoint, ...(endpoint.others ?? [])];
  const meant = accounts.filter(({ askedWith }) => askedWith === undefined || isShown(askedWith));
  const [account, ...more] = meant;
  if (account === undefined || more.length > 0)
    throw tokenRequestRefused('what it shows tells no account, or more than one');
  return account;
}
