import type { Readable } from 'node:stream';
import { HeaderList } from '../core/header-list.js';
import { Refusal, toRefusal } from '../core/refusal.js';
import { requestFraming, type Framing } from '../http1/framing.js';
import type { ParsedRequestHead, Version } from '../http1/head.js';
import { Malformed } from '../http1/malformed.js';
import { openBody } from './request-body.js';

/** A request as it was read from its connection: one reading of its bytes, nothing decided. */
export interface CallerRequest {
  readonly method: string;
  /** The request target as it was sent. */
  readonly url: string;
  readonly version: Version | '2';
  readonly headers: HeaderList;
  /** The length of its body; where that cannot be told, or a stream of HTTP/2 holds no request with one reading, why. */
  readonly framing: Framing | Malformed;
  /** Bytes come as they are read, and the caller is held back while nobody reads; undefined where there is no body. */
  readonly body: Readable | undefined;
  /** The fields behind the body: empty until it has ended, then as they came; cleaned before they are sent. */
  readonly trailers: HeaderList;
  /** What its body takes in memory, where all of it is held. */
  held?: { readonly client: string; bytes: number };
  /** What has been read of its body, where all of it could not be held and it streams by after all. */
  begun?: readonly Buffer[];
}

/** A request whose head has been read, in either version. `onWanted` is called when there is room for more of its body. */
export function openRequest(
  { method, url, version, headers }: Pick<CallerRequest, 'method' | 'url' | 'version' | 'headers'>,
  framing: Framing | Malformed,
  onWanted: () => void,
): CallerRequest {
  const hasBody = !(framing instanceof Malformed) && framing.kind !== 'none';
  const body = hasBody ? openBody(onWanted) : undefined;
  return { method, url, version, headers, framing, body, trailers: new HeaderList() };
}

/** Whether a request asks for a WebSocket (RFC 6455 section 4.1): then what follows it is no request any more. */
export function isWebSocketHandshake({
  method,
  version,
  headers,
}: Pick<CallerRequest, 'method' | 'version' | 'headers'>): boolean {
  if (method !== 'GET' || version !== '1.1' || headers.first('upgrade')?.toLowerCase() !== 'websocket') return false;
  return listsUpgrade(headers);
}

/** Whether `Connection` says that `Upgrade` is meant for us (RFC 9110 section 7.8). */
export function listsUpgrade(headers: HeaderList): boolean {
  return /(?:^|,)[\t ]*upgrade[\t ]*(?:,|$)/i.test(headers.all('connection').join());
}

/** How long the body is; where that is stated in two ways, the reason: the request is then refused like any other, to somebody. */
export function framingOf(head: ParsedRequestHead): Framing | Malformed {
  try {
    return requestFraming(head);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

/** Bytes of the body, at most. */
export function mostBytesOf({ framing }: Pick<CallerRequest, 'framing'>): number {
  if (framing instanceof Malformed || framing.kind === 'chunked') return Infinity;
  return framing.kind === 'length' ? framing.length : 0;
}

/** What the caller is told of bytes that have no one reading. */
export function malformedRefusal(error: unknown): Refusal {
  if (!(error instanceof Malformed)) return toRefusal(error);
  const code =
    error.kind === 'too-large' ? 'headers_too_large' : error.kind === 'syntax' ? 'bad_request' : 'bad_framing';
  return new Refusal(code, { cause: error });
}
