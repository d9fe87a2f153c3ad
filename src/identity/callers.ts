import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { BackOff } from './back-off.js';
import type { CallerIndex, Identifier, ProxyCredentials } from './index.js';
import { parseProxyAuthorization } from './proxy-authorization.js';

export interface CallerOptions {
  /** Asked in order; the first that knows the credentials answers. */
  readonly identifiers: readonly Identifier[];
  /**
   * What the configuration says of each client, as any text that changes with it (a digest). Left out, callers cannot be told
   * from those of another configuration, and are confirmed as they are.
   */
  readonly entries?: ReadonlyMap<string, string>;
  /** The client of whoever shows nothing (`unsafe_anonymous`); wrong credentials are refused all the same. */
  readonly anonymous?: string;
  readonly limits: Pick<Limits, 'wrongCredentials' | 'wrongCredentialsPause'>;
  readonly clock: Clock;
  /** The index of the configuration before: whoever has to wait there goes on waiting here. */
  readonly before?: CallerIndex | undefined;
}

/** Kept beside the index: nobody else asks for it. */
const backOffs = new WeakMap<CallerIndex, BackOff>();

/** The entry by which a caller was known when it was identified: callers outlive the configuration that knew them. */
const knownBy = new WeakMap<Caller, string>();

/**
 * Who is asking, from what they show. A missing password is not a wrong one: curl and git send the name alone first, so it is
 * answered with the challenge and never counted.
 */
export function createCallerIndex(options: CallerOptions): CallerIndex {
  const { identifiers, anonymous, entries, limits, clock, before } = options;
  const backOff = new BackOff(limits, clock, before === undefined ? undefined : backOffs.get(before));
  const noted = (caller: Caller): Caller => {
    const entry = entries?.get(caller.client);
    if (entry !== undefined) knownBy.set(caller, entry);
    return caller;
  };
  const index: CallerIndex = {
    identify(proxyAuthorization, clientAddress) {
      if (proxyAuthorization === undefined || proxyAuthorization === '') {
        if (anonymous !== undefined) return noted({ client: anonymous });
        throw new Refusal('caller_unknown');
      }
      const credentials = parseProxyAuthorization(proxyAuthorization);
      if (credentials.password === '') throw new Refusal('caller_unknown');
      try {
        const caller = firstCaller(identifiers, credentials);
        backOff.success(clientAddress, credentials.username);
        return noted(caller);
      } catch (error) {
        if (error instanceof Refusal && error.code === 'caller_wrong') {
          // Only who is wrong has to wait: who knows the token gets in, however many others guess under its name.
          backOff.check(clientAddress, credentials.username);
          backOff.mistake(clientAddress, credentials.username);
        }
        throw error;
      }
    },
    confirm(caller) {
      if (
        entries !== undefined &&
        (!entries.has(caller.client) || entries.get(caller.client) !== knownBy.get(caller))
      ) {
        throw new Refusal('caller_revoked');
      }
      return caller;
    },
  };
  backOffs.set(index, backOff);
  return index;
}

function firstCaller(identifiers: readonly Identifier[], credentials: ProxyCredentials): Caller {
  for (const identify of identifiers) {
    const caller = identify(credentials);
    if (caller !== undefined) return caller;
  }
  throw new Refusal('caller_wrong');
}
