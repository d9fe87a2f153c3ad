import type { Readable } from 'node:stream';
import { describeContent } from '../core/content.js';
import { gather, gatherAll } from '../core/gather.js';
import type { HeaderList } from '../core/header-list.js';
import type { Caller, Draft, Target } from '../core/message.js';
import type { Injection, Signed } from '../inject/index.js';
import { hostHeader } from '../policy/authority.js';
import { askFor } from '../scrub/accept-encoding.js';
import type { Needles } from '../scrub/forms.js';
import type { Credential } from '../secrets/index.js';
import { needlesFor } from './needles.js';

/** What the destination has been shown, for one request: it may repeat the first in its answer to the second. */
export interface Shown {
  readonly credentials: readonly Credential[];
  readonly rendered: readonly string[];
  /** What signers rendered: another in each request. */
  readonly signatures: readonly string[];
}

/** A request that its credentials go on. */
export interface Injectable {
  readonly target: Target;
  readonly caller: Caller;
  readonly head: Draft;
  readonly injections: readonly Injection[];
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly body: Readable | undefined;
}

/** What became of a request with its credentials. */
export interface Injected {
  /** What its answer must not hold; undefined where it carries no credential. */
  readonly needles: Needles | undefined;
  /** Its body, where that streams by. */
  readonly body: Readable | undefined;
}

/** The last change before the wire: every place is filled, and then what is to be signed is signed. */
export function injectAll(outgoing: Injectable, shown: Shown[]): Injected | Promise<Injected> {
  const { head, injections, credentials, caller, body } = outgoing;
  if (injections.length > 0) {
    dropMultipleRanges(head.headers);
    head.headers.set('accept-encoding', acceptEncoding(head.headers));
    refuseCodedMessages(head.headers);
  }
  const rendered = gatherAll(injections, (injection) => injection.inject(head, caller.client, credentials));
  if (head.content !== undefined) describeContent(head.headers, head.content);
  if (injections.length === 0) return { needles: undefined, body };
  const done = (signatures: readonly string[], signed: Readable | undefined): Injected => {
    shown.push({ credentials: [...credentials.values()], rendered, signatures });
    return { needles: needlesOf(shown), body: signed };
  };
  const signers = gather(injections, ({ sign }) => sign);
  return signers.length === 0 ? done([], body) : signAll(outgoing, signers, done);
}

function needlesOf(shown: readonly Shown[]): Needles {
  const [first] = shown;
  // Nearly always there is one, and this is asked for each request.
  if (first !== undefined && shown.length === 1) return needlesFor(first.credentials, first.rendered, first.signatures);
  return needlesFor(
    [...new Set(shown.flatMap((one) => one.credentials))],
    shown.flatMap((one) => one.rendered),
    shown.flatMap((one) => one.signatures),
  );
}

async function signAll(
  { target, head, caller, credentials, body }: Injectable,
  signers: readonly NonNullable<Injection['sign']>[],
  done: (signatures: readonly string[], body: Readable | undefined) => Injected,
): Promise<Injected> {
  const request = {
    method: head.method,
    scheme: target.scheme,
    host: hostHeader(target.authority, target.scheme),
    path: head.path,
    headers: head.headers,
    content: head.content?.wire,
    hasBody: head.content !== undefined || body !== undefined,
  };
  const all: Signed[] = [];
  // One after the other: the next covers what the one before has added.
  for (const sign of signers) all.push(await sign(request, caller.client, credentials));
  head.path = request.path;
  const through = (sofar: Readable, { body: change }: Signed): Readable => change?.(sofar) ?? sofar;
  return done(
    all.flatMap(({ rendered }) => rendered),
    body === undefined ? undefined : all.reduce(through, body),
  );
}

/**
 * Each part of a multipart/byteranges answer would have edges of its own; a server may always ignore a Range (RFC 9110 section 14.2).
 * `Request-Range` is what browsers sent before there was a Range; Apache httpd still takes it for one.
 */
function dropMultipleRanges(headers: HeaderList): void {
  headers.remove('request-range');
  if (headers.has('range') && headers.all('range').join().includes(','))
    headers.removeWhere((name) => name === 'range' || name === 'if-range');
}

const messageEncodings = ['grpc-accept-encoding', 'connect-accept-encoding'];

/**
 * gRPC and Connect compress each message by itself, by an agreement of their own (fields of these names): what is inside could not be
 * searched. A client always takes messages that are not compressed.
 */
function refuseCodedMessages(headers: HeaderList): void {
  for (const name of messageEncodings) {
    if (headers.has(name)) headers.set(name, 'identity');
  }
}

/** A range of coded bytes cannot be searched, so one is asked for of plain bytes. */
function acceptEncoding(headers: HeaderList): string {
  return headers.has('range') ? 'identity' : askFor(headers.all('accept-encoding')).line;
}
