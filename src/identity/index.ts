import type { Caller } from '../core/message.js';

/** What a caller showed: the userinfo of its Proxy-Authorization (RFC 7617), decoded. */
export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * One way to know a caller. Returns undefined where the credentials are not of this kind;
 * throws `Refusal('caller_wrong')` where they are of this kind and wrong.
 */
export type Identifier = (credentials: ProxyCredentials) => Caller | undefined;

/**
 * Answers who is asking, from the value of Proxy-Authorization.
 * Throws `caller_unknown` (nothing shown), `caller_wrong`, or `caller_backed_off` (429) by address and name.
 */
export interface CallerIndex {
  identify(proxyAuthorization: string | undefined, clientAddress: string): Caller;
  /**
   * The same caller, where this configuration knows it as the one did that identified it. Asked for each request on a connection
   * whose caller was identified when it was opened: throws `caller_revoked` where the client has gone or changed since.
   */
  confirm(caller: Caller): Caller;
}
