import { Readable } from 'node:stream';
import type { Content } from '../core/content.js';
import { gather, gatherAll } from '../core/gather.js';
import { HeaderList } from '../core/header-list.js';
import type { Caller, Draft, Target } from '../core/message.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { ClientCertificate } from '../net/client-certificate.js';
import type { Route } from '../net/vet.js';
import type { Credential } from '../secrets/index.js';
import type { Needles } from '../scrub/forms.js';
import { hostHeader } from '../policy/authority.js';
import type { Answer } from './answer.js';
import type { Carrier, Wanted } from './carrier.js';
import type { Message } from './exchange.js';
import { dispatchRefusal, refusesCertificate } from './dispatch-error.js';
import { injectAll, type Shown } from './injected.js';
import type { Pool } from './pool.js';
import { Pools } from './pools.js';
import { Reception, type Asked, type Received } from './reception.js';
import { RejectionWatch, type Rejection } from './rejection.js';
import { mayRepeat } from './repeat.js';
import { openHandshake } from './websocket-handshake.js';
import type { MessageGuard } from './websocket-relay.js';

/** What a destination has refused: the credentials of a request (401), or the certificate of a connection. */
export type Refused = 'credentials' | 'certificate';

/** A request that was decided, vetted and recorded: all that is missing is the credential. */
export interface Outgoing {
  readonly target: Target;
  readonly route: Route;
  readonly caller: Caller;
  readonly head: Draft;
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
  /** Whether the caller takes trailers: it says so in `TE`, which goes no further itself. */
  readonly takesTrailers: boolean;
  /**
   * Asked where the destination refuses what it was shown: others to send the request with once more, or undefined where there are
   * none. Left out where it must not be sent twice.
   */
  readonly replace?: ((refused: Refused) => Promise<ReadonlyMap<string, Credential> | undefined>) | undefined;
  /** The version of HTTP that the caller speaks: the destination is spoken to in the same, where it offers that. */
  readonly version: '1.0' | '1.1' | '2';
}

/** The one way to a destination: inject → sign → dispatch → scrub. */
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
    const { head, replace } = outgoing;
    const shown: Shown[] = [];
    if (replace === undefined) return this.#send(outgoing, answer, shown);
    const unchanged = { ...head, headers: new HeaderList(head.headers.raw) };
    let others: ReadonlyMap<string, Credential> | undefined;
    const decide = async (refused: Refused): Promise<boolean> => (others = await replace(refused)) !== undefined;
    try {
      const received = await this.#send(outgoing, answer, shown, () => decide('credentials'));
      if (others === undefined) return received;
    } catch (error) {
      const again = others === undefined && !answer.gone && refusesCertificate(error);
      if (!again || !(await decide('certificate'))) throw error;
    }
    const credentials = others ?? outgoing.credentials;
    return this.#send({ ...outgoing, head: unchanged, credentials }, answer, shown);
  }

  async #send(outgoing: Outgoing, answer: Answer, shown: Shown[], decide?: Rejection['decide']): Promise<Received> {
    let certificate: ClientCertificate | undefined;
    try {
      const injected = injectAll(outgoing, shown);
      const { needles, body } = injected instanceof Promise ? await injected : injected;
      const asked = messageOf(outgoing, body, this.#webSocketOf(outgoing, needles));
      certificate = certificateOf(outgoing);
      const pool = this.#poolFor(outgoing, certificate);
      const wanted = wantedFor(outgoing);
      const { client } = outgoing.caller;
      const acquired = pool.acquire(wanted, client, answer);
      let carrier = acquired instanceof Promise ? await acquired : acquired;
      // It was lost between being handed over and now: nothing of this request has been sent.
      if (carrier.closed) {
        carrier.release();
        carrier = await pool.fresh(wanted, client, answer);
      }
      const { used } = carrier;
      const first = exchange(carrier, asked, answer, needles, decide);
      try {
        return await first.ended;
      } catch (error) {
        if (first.begun || answer.gone || !mayRepeat(error, used, asked)) throw error;
        return await exchange(await pool.fresh(wanted, client, answer), asked, answer, needles, decide).ended;
      }
    } catch (error) {
      throw dispatchRefusal(error, certificate);
    } finally {
      answer.onGone = undefined;
    }
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  #poolFor({ route, target, caller }: Outgoing, certificate: ClientCertificate | undefined): Pool {
    return this.#pools.poolFor(route, target.scheme, certificate && { certificate, caller });
  }

  /** How the messages of a WebSocket are read; undefined where they are not. */
  #webSocketOf({ upgrade, guard, head }: Outgoing, needles: Needles | undefined): Asked['webSocket'] {
    if (upgrade !== 'websocket' || (needles === undefined && guard === undefined)) return undefined;
    return { handshake: openHandshake(head.headers), guard, limit: this.#limits.websocketMessage };
  }
}

/** What the connection is made with; a policy has no two of them. */
function certificateOf({ injections, credentials }: Outgoing): ClientCertificate | undefined {
  return injections.find(({ certificate }) => certificate !== undefined)?.certificate?.(credentials);
}

function exchange(
  carrier: Carrier,
  message: Message & Asked,
  answer: Answer,
  needles: Needles | undefined,
  decide: Rejection['decide'] | undefined,
): Reception {
  const reception = new Reception(answer, message, needles);
  if (answer.gone) {
    carrier.release();
    reception.onFailure(new Refusal('caller_gone'));
    return reception;
  }
  const watch = decide === undefined ? undefined : watched(reception, decide);
  const sent = carrier.send(message, watch ?? reception);
  const flow = watch?.over(sent) ?? sent;
  answer.onGone = () => reception.fail(flow, new Refusal('caller_gone'));
  return reception;
}

function watched(reception: Reception, decide: Rejection['decide']): RejectionWatch {
  return new RejectionWatch(reception, {
    decide,
    onDropped: () => reception.drop(401),
    onFailure: (flow, error) => reception.fail(flow, error),
  });
}

function messageOf(outgoing: Outgoing, body: Readable | undefined, webSocket: Asked['webSocket']): Message & Asked {
  const { injections, takesTrailers, trailers, chunked, upgrade } = outgoing;
  const { method, path, headers, content } = outgoing.head;
  const { scheme, authority } = outgoing.target;
  return {
    method,
    scheme,
    host: hostHeader(authority, scheme),
    path,
    headers,
    acceptEncoding: headers.first('accept-encoding') ?? '',
    isRefused: readerOf(injections),
    secretFields: gatherAll(injections, ({ fields }) => fields),
    takesTrailers,
    body: content === undefined ? body : heldBody(content),
    trailers,
    // A signer that takes a body out of its chunks knows how long it is.
    chunked: chunked && !headers.has('content-length'),
    upgrade,
    webSocket,
  };
}

/** Whether one of those that signed the request is refused by an answer. */
function readerOf(injections: readonly Injection[]): Asked['isRefused'] {
  const readers = gather(injections, ({ isRefused }) => isRefused);
  return readers.length === 0 ? undefined : (answer) => readers.some((isRefused) => isRefused(answer));
}

/** Made anew for each time that it is sent. */
function heldBody({ wire }: Content): Readable | undefined {
  return wire.length === 0 ? undefined : Readable.from([wire]);
}

/** What the caller speaks, where the destination has it, so that nothing is made into something else without need. */
function wantedFor({ version, upgrade }: Outgoing): Wanted {
  if (upgrade !== undefined) return 'http/1.1 only';
  return version === '2' ? 'h2' : 'http/1.1';
}
