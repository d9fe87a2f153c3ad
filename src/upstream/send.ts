import type { Readable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import type { Caller, RequestHead, Target } from '../core/message.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { Route } from '../net/vet.js';
import type { Credential } from '../secrets/index.js';
import { askFor } from '../scrub/accept-encoding.js';
import type { Needles } from '../scrub/forms.js';
import { hostHeader } from '../policy/authority.js';
import type { Answer } from './answer.js';
import type { UpstreamConnection } from './connection.js';
import type { Message } from './exchange.js';
import { ConnectionLost } from './connection-lost.js';
import { dispatchRefusal } from './dispatch-error.js';
import { needlesFor } from './needles.js';
import { Pools } from './pools.js';
import { Reception, type Asked, type Received } from './reception.js';
import { openHandshake } from './websocket-handshake.js';
import type { MessageGuard } from './websocket-relay.js';

/** A request that was decided, vetted and recorded: all that is missing is the credential. */
export interface Outgoing {
  readonly target: Target;
  readonly route: Route;
  readonly caller: Caller;
  readonly head: RequestHead;
  readonly body: Readable | undefined;
  /** Filled and cleaned when the body has ended; those who listen for its end from here on find them so. */
  readonly trailers: HeaderList;
  /** Whether the caller sent the body in chunks: it goes on so. Else its Content-Length is among the headers. */
  readonly chunked: boolean;
  /** The injections that fire, and the credentials they need. */
  readonly injections: readonly Injection[];
  readonly credentials: ReadonlyMap<string, Credential>;
  /** The protocol that the caller asks to go on in, if any. */
  readonly upgrade: string | undefined;
  /** What each message of the caller goes through on a WebSocket; where there is none, and no credential, messages pass unread. */
  readonly guard?: MessageGuard | undefined;
  /** The version of HTTP that the caller speaks: the destination is spoken to in the same, where it offers that. */
  readonly version: '1.0' | '1.1' | '2';
}

/** The one way to a destination: inject → dispatch → scrub. */
export class Sender {
  readonly #pools: Pools;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#pools = new Pools(limits);
    this.#limits = limits;
  }

  /**
   * Sends the request and hands the answer on while it arrives; resolves when it has ended.
   * Rejects with a `Refusal`; whether something of the answer was handed on by then is the answer's own knowledge.
   */
  async send(outgoing: Outgoing, answer: Answer): Promise<Received> {
    try {
      const needles = injectAll(outgoing);
      const asked = { ...messageOf(outgoing), webSocket: this.#webSocketOf(outgoing, needles) };
      const pool = this.#pools.poolFor(outgoing.route, outgoing.target.scheme);
      const acquired = pool.acquire();
      let connection = acquired instanceof Promise ? await acquired : acquired;
      // It was lost between being handed over and now: nothing of this request has been sent.
      if (connection.closed) connection = await pool.fresh();
      const { used } = connection;
      const first = exchange(connection, asked, answer, needles);
      try {
        return await first.ended;
      } catch (error) {
        // RFC 9110 section 9.2.2: a kept connection that the destination closed in passing; nothing of the request was acted on twice.
        if (!used || first.begun || answer.gone || !(error instanceof ConnectionLost) || !isRepeatable(outgoing))
          throw error;
        return await exchange(await pool.fresh(), asked, answer, needles).ended;
      }
    } catch (error) {
      throw dispatchRefusal(error);
    } finally {
      answer.onGone = undefined;
    }
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  /** How the messages of a WebSocket are read; undefined where they are not. */
  #webSocketOf({ upgrade, guard, head }: Outgoing, needles: Needles | undefined): Asked['webSocket'] {
    if (upgrade !== 'websocket' || (needles === undefined && guard === undefined)) return undefined;
    return { handshake: openHandshake(head.headers), guard, limit: this.#limits.websocketMessage };
  }
}

function exchange(
  connection: UpstreamConnection,
  message: Message & Asked,
  answer: Answer,
  needles: Needles | undefined,
): Reception {
  const reception = new Reception(answer, message, needles);
  if (answer.gone) {
    connection.release();
    reception.onFailure(new Refusal('caller_gone'));
    return reception;
  }
  answer.onGone = () => reception.fail(connection, new Refusal('caller_gone'));
  connection.send(message, reception);
  return reception;
}

/** The last change before the wire. Host is built from the decided target, never from what the caller sent. */
function injectAll(outgoing: Outgoing): Needles | undefined {
  const { head, injections, credentials, caller } = outgoing;
  if (injections.length === 0) return undefined;
  dropMultipleRanges(head.headers);
  head.headers.set('accept-encoding', acceptEncoding(head.headers));
  const rendered = injections.flatMap((injection) => injection.inject(head, caller.client, credentials));
  return needlesFor([...credentials.values()], rendered);
}

/**
 * Each part of a multipart/byteranges answer would have edges of its own; a server may always ignore a Range (RFC 9110 section 14.2).
 * `Request-Range` is what browsers sent before there was a Range; Apache httpd still takes it for one.
 */
function dropMultipleRanges(headers: HeaderList): void {
  headers.remove('request-range');
  if (headers.all('range').join().includes(',')) headers.removeWhere((name) => name === 'range' || name === 'if-range');
}

/** A range of coded bytes cannot be searched, so one is asked for of plain bytes. */
function acceptEncoding(headers: HeaderList): string {
  return headers.has('range') ? 'identity' : askFor(headers.all('accept-encoding')).line;
}

function messageOf({ head, target, body, trailers, chunked, upgrade }: Outgoing): Message {
  const { method, path, headers } = head;
  const { scheme, authority } = target;
  const acceptEncoding = headers.first('accept-encoding') ?? '';
  const host = hostHeader(authority, scheme);
  return { method, scheme, host, path, headers, acceptEncoding, body, trailers, chunked, upgrade };
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function isRepeatable({ head, body }: Outgoing): boolean {
  if (body === undefined) return safeMethods.has(head.method);
  // One that has ended, empty or not, has gone out whole, and cannot be read again.
  return !body.readableDidRead && !body.readableEnded && !body.destroyed;
}
