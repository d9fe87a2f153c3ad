import type { Readable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import type { Caller, RequestHead, Target } from '../core/message.js';
import type { Limits } from '../core/limits.js';
import type { Injection } from '../inject/index.js';
import type { Route } from '../net/vet.js';
import type { Credential } from '../secrets/index.js';
import { askFor } from '../scrub/accept-encoding.js';
import type { Needles } from '../scrub/forms.js';
import { hostHeader } from '../policy/authority.js';
import type { Answer } from './answer.js';
import { dispatchRefusal, isStaleConnection } from './dispatch-error.js';
import { needlesFor } from './needles.js';
import { Pools } from './pools.js';
import { Reception, type Received } from './reception.js';

/** A request that was decided, vetted and recorded: all that is missing is the credential. */
export interface Outgoing {
  readonly target: Target;
  readonly route: Route;
  readonly caller: Caller;
  readonly head: RequestHead;
  readonly body: Readable | undefined;
  /** The injections that fire, and the credentials they need. */
  readonly injections: readonly Injection[];
  readonly credentials: ReadonlyMap<string, Credential>;
  /** Whether the caller asks to go on in the WebSocket protocol. */
  readonly upgrade: boolean;
}

/** The one way to a destination: inject → dispatch → scrub. */
export class Sender {
  readonly #pools: Pools;

  constructor(limits: Limits) {
    this.#pools = new Pools(limits);
  }

  /**
   * Sends the request and hands the answer on while it arrives; resolves when it has ended.
   * Rejects with a `Refusal`; whether something of the answer was handed on by then is the answer's own knowledge.
   */
  async send(outgoing: Outgoing, answer: Answer, signal: AbortSignal): Promise<Received> {
    const needles = injectAll(outgoing);
    try {
      return await this.#dispatch(outgoing, answer, needles, signal);
    } catch (error) {
      throw dispatchRefusal(error);
    }
  }

  async #dispatch(
    outgoing: Outgoing,
    answer: Answer,
    needles: Needles | undefined,
    signal: AbortSignal,
  ): Promise<Received> {
    const first = this.#attempt(outgoing, answer, needles, signal);
    try {
      return await first.ended;
    } catch (error) {
      // RFC 9110 section 9.2.2: a kept connection that the destination closed in passing; nothing of the request was acted on twice.
      if (first.begun || signal.aborted || !isStaleConnection(error) || !isRepeatable(outgoing)) throw error;
      return this.#attempt(outgoing, answer, needles, signal).ended;
    }
  }

  #attempt(outgoing: Outgoing, answer: Answer, needles: Needles | undefined, signal: AbortSignal): Reception {
    const { head, route, target, body, upgrade } = outgoing;
    const reception = new Reception(answer, head, needles, signal);
    this.#pools.poolFor(route, target.scheme).dispatch(
      {
        method: head.method,
        path: head.path,
        headers: head.headers.raw,
        body: body ?? null,
        reset: false,
        upgrade: upgrade ? 'websocket' : null,
      },
      reception,
    );
    return reception;
  }

  close(): Promise<void> {
    return this.#pools.close();
  }
}

/** The last change before the wire. Host is built from the decided target, never from what the caller sent. */
function injectAll(outgoing: Outgoing): Needles | undefined {
  const { head, injections, credentials, caller, target } = outgoing;
  head.headers.set('host', hostHeader(target.authority, target.scheme));
  if (injections.length === 0) return undefined;
  dropMultipleRanges(head.headers);
  head.headers.set('accept-encoding', acceptEncoding(head.headers));
  const rendered = injections.flatMap((injection) => injection.inject(head, caller.client, credentials));
  return needlesFor([...credentials.values()], rendered);
}

/** Each part of a multipart/byteranges answer would have edges of its own; a server may always ignore a Range (RFC 9110 section 14.2). */
function dropMultipleRanges(headers: HeaderList): void {
  if (headers.all('range').join().includes(',')) headers.removeWhere((name) => name === 'range' || name === 'if-range');
}

/** A range of coded bytes cannot be searched, so one is asked for of plain bytes. */
function acceptEncoding(headers: HeaderList): string {
  return headers.has('range') ? 'identity' : askFor(headers.all('accept-encoding')).line;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function isRepeatable({ head, body }: Outgoing): boolean {
  return body === undefined ? safeMethods.has(head.method) : !body.readableDidRead;
}
