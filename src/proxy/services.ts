import type { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Audit } from '../audit/index.js';
import type { Clock } from '../core/clock.js';
import type { HeaderList } from '../core/header-list.js';
import type { Limits } from '../core/limits.js';
import type { Authority, Caller, Draft, Target } from '../core/message.js';
import type { Refusal } from '../core/refusal.js';
import type { CallerIndex } from '../identity/index.js';
import type { Injection } from '../inject/index.js';
import type { Route } from '../net/vet.js';
import type { Decider, Grant } from '../policy/decide.js';
import type { Credential, Secrets } from '../secrets/index.js';
import type { Sender } from '../upstream/send.js';
import type { MessageGuard } from '../upstream/websocket-relay.js';
import type { HeldBytes } from './held-bytes.js';
import type { ShowPath } from './shown-path.js';
import type { Standing } from './standing.js';

/** A policy's injections, compiled when the configuration was loaded. */
export type Plan = readonly Injection[];

/** A refusal as the operator gets to read it. */
export interface Report {
  readonly id: string;
  readonly refusal: Refusal;
  /** Why, as far as it may be shown. */
  readonly reason?: string | undefined;
  readonly client?: string | undefined;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path?: string | undefined;
}

/** Something that points at a leak: told at once, besides its audit record. */
export interface Alarm {
  readonly id: string;
  /** A destination repeated a credential (it was masked, or the answer cut), or a placeholder was on its way to the wrong place. */
  readonly kind: 'credential_echoed' | 'placeholder_misplaced';
  readonly client?: string | undefined;
  readonly method: string;
  readonly host: string;
  readonly port: number;
  /** How often a credential was found in an answer. */
  readonly occurrences?: number;
}

/** The leave to have a request for a token answered. */
export interface TokenLeave {
  readonly target: Target;
  readonly secret: string;
}

/**
 * All that the way of a request needs, made by `app` from one configuration. Whoever serves a request takes them once, at its
 * beginning: a reload in the meantime changes nothing for it.
 */
export interface Services {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly callers: CallerIndex;
  readonly decider: Decider<Plan>;
  /** Which injections of the grant fire for this request; refuses what must not carry a credential. */
  readonly chooseInjections: (
    grant: Grant<Plan>,
    request: Draft,
    caller: Caller,
    asksForWebSocket: boolean,
  ) => readonly Injection[];
  /** What a request for a token is answered with: a placeholder. Refuses who must not have one, and what must not be in the request. */
  readonly chooseToken: (leave: TokenLeave, request: Draft, trailers: HeaderList, caller: Caller) => string;
  /** Memory for request bodies of which a policy has to see all. */
  readonly heldBytes: HeldBytes;
  /** A request body that ends with a refusal where it, or its trailers, hold a placeholder; undefined where there are no placeholders. */
  readonly guardBody: ((body: Readable, trailers: HeaderList) => Readable) | undefined;
  /** Looks at each message that a caller sends on a WebSocket, and injects into it; undefined where there are no placeholders. */
  readonly guardMessages:
    | ((injections: readonly Injection[], caller: Caller, credentials: ReadonlyMap<string, Credential>) => MessageGuard)
    | undefined;
  readonly vetter: { vet(authority: Authority): Route | Promise<Route> };
  readonly secrets: Secrets;
  readonly sender: Sender;
  readonly audit: Audit;
  readonly policyRevision: string;
  readonly showPath: ShowPath;
  readonly leafFor: (authority: Authority) => SecureContext;
  readonly report: (report: Report) => void;
  readonly alarm: (alarm: Alarm) => void;
  /**
   * Keeps these services open until the returned function is called: once for each request and blind tunnel. Undefined where as many
   * of them are under way as may be.
   */
  readonly hold: () => (() => void) | undefined;
  /** A blind tunnel or an upgraded connection that these services allowed: it is asked for again when they change. */
  readonly stands: (standing: Standing) => void;
}
