import type { Caller } from '../../core/message.js';
import { unavailable } from '../unavailable.js';

/** Whose connected account it is, as WorkOS calls them. */
export interface Account {
  readonly userId: string;
  readonly organizationId: string | undefined;
}

export interface AccountTerms {
  /** The name of the secret. */
  readonly name: string;
  /** By client, the user whose account it uses; undefined: the caller's own. */
  readonly users: ReadonlyMap<string, string> | undefined;
  readonly organizationId: string | undefined;
  /** Values of `iss` to take the word of; undefined: of whoever Keywright takes callers' tokens from. */
  readonly issuers: readonly string[] | undefined;
}

/** The identifiers of WorkOS, and nothing that could be more than one value anywhere. */
export const identifierText = /^[A-Za-z0-9_-]{1,128}$/;

/** The account that a caller may use. Throws `secret_unavailable` (denied) for one that has none: never another's is taken instead. */
export function accountOf(terms: AccountTerms, caller: Caller): Account {
  const { name, users, issuers } = terms;
  const refuse = (why: string): never => {
    throw unavailable(name, why, 'denied');
  };
  if (users !== undefined) {
    const userId = users.get(caller.client) ?? refuse('the caller is a client for which no user is named');
    return { userId, organizationId: terms.organizationId };
  }
  const { subject, claims = {} } = caller;
  if (subject === undefined) {
    return refuse('the caller is a client without a user: nobody is known whose connected account it could use');
  }
  if (!identifierText.test(subject)) refuse("the caller's subject is no identifier of a WorkOS user");
  if (issuers !== undefined && !issuers.some((issuer) => issuer === claims['iss'])) {
    refuse("the caller's token is from an issuer whose subjects are no users of this WorkOS");
  }
  const organizationId = terms.organizationId ?? (Object.hasOwn(claims, 'org_id') ? claims['org_id'] : undefined);
  if (organizationId === undefined) return { userId: subject, organizationId };
  if (typeof organizationId === 'string' && identifierText.test(organizationId)) {
    return { userId: subject, organizationId };
  }
  return refuse("the caller's org_id is no identifier of a WorkOS organization");
}

/** Different for different accounts, whatever stands in them. */
export function keyOf({ userId, organizationId }: Account): string {
  return JSON.stringify([userId, organizationId ?? null]);
}
