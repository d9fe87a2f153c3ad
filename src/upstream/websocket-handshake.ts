import { createHash } from 'node:crypto';
import type { HeaderList } from '../core/header-list.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/** Parameters of permessage-deflate (RFC 7692 section 7.1): `true` where one has no value. */
export type Deflate = Readonly<Partial<Record<DeflateParameter, true | number>>>;

type DeflateParameter =
  'server_no_context_takeover' | 'client_no_context_takeover' | 'server_max_window_bits' | 'client_max_window_bits';

/** What a WebSocket handshake asked for, as its answer is held against it. */
export interface Handshake {
  readonly accept: string;
  readonly offers: readonly Deflate[];
  readonly protocols: ReadonlySet<string>;
}

/** RFC 6455 section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const field = 'sec-websocket-extensions';

/**
 * Reads a handshake whose messages are going to be read (RFC 6455 section 4.1). Of the extensions offered only permessage-deflate
 * stays: what another one does to a frame nobody here could undo. Throws `bad_request` for what is no handshake.
 */
export function openHandshake(headers: HeaderList): Handshake {
  const [key = '', ...others] = headers.all('sec-websocket-key');
  const versions = headers.all('sec-websocket-version');
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key) || others.length > 0 || versions.length !== 1 || versions[0] !== '13')
    throw new Refusal('bad_request', {
      cause: new Reason('a WebSocket handshake without one key, or of a version but 13'),
    });
  const offered = elementsOf(headers, field).flatMap((text) => {
    const deflate = parseDeflate(text);
    return deflate === undefined ? [] : [{ text, deflate }];
  });
  headers.remove(field);
  if (offered.length > 0) headers.add('Sec-WebSocket-Extensions', offered.map(({ text }) => text).join(', '));
  return {
    accept: createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64'),
    offers: offered.map(({ deflate }) => deflate),
    protocols: new Set(elementsOf(headers, 'sec-websocket-protocol')),
  };
}

/**
 * The compression that a destination agreed to; undefined for none. Throws `destination_protocol` where it answers another handshake,
 * or agrees to what was not offered.
 */
export function agreedDeflate(handshake: Handshake, headers: HeaderList): Deflate | undefined {
  const accepted = headers.all('sec-websocket-accept');
  if (accepted.length !== 1 || accepted[0] !== handshake.accept)
    throw broken('Sec-WebSocket-Accept is not that of the key');
  const protocols = headers.all('sec-websocket-protocol');
  if (protocols.length > 1 || protocols.some((protocol) => !handshake.protocols.has(protocol)))
    throw broken('a subprotocol that was not offered');
  const [answered, ...others] = elementsOf(headers, field);
  if (answered === undefined) return undefined;
  const deflate = others.length === 0 ? parseDeflate(answered) : undefined;
  // RFC 7692 section 7.1.2.2: the answer names a number of bits.
  if (deflate === undefined || deflate.client_max_window_bits === true || !handshake.offers.some(takes(deflate)))
    throw broken('an extension that was not offered');
  return deflate;
}

/** Whether an offer leaves room for these parameters (RFC 7692 section 7.1). */
function takes(answer: Deflate): (offer: Deflate) => boolean {
  return (offer) => {
    if (offer.server_no_context_takeover === true && answer.server_no_context_takeover !== true) return false;
    if (bits(answer.server_max_window_bits) > bits(offer.server_max_window_bits)) return false;
    if (answer.client_max_window_bits === undefined) return true;
    return (
      offer.client_max_window_bits !== undefined &&
      bits(answer.client_max_window_bits) <= bits(offer.client_max_window_bits)
    );
  };
}

function bits(value: true | number | undefined): number {
  return typeof value === 'number' ? value : 15;
}

/** One element of Sec-WebSocket-Extensions; undefined where it is not permessage-deflate, or not a well-formed one. */
function parseDeflate(text: string): Deflate | undefined {
  const [name, ...parameters] = text.split(';').map(trimmed);
  if (name !== 'permessage-deflate') return undefined;
  const deflate: Partial<Record<DeflateParameter, true | number>> = {};
  for (const parameter of parameters) {
    const [, flag, size, value] =
      /^(?:((?:server|client)_no_context_takeover|client_max_window_bits)|((?:server|client)_max_window_bits)=([89]|1[0-5]))$/.exec(
        parameter,
      ) ?? [];
    const known = (flag ?? size) as DeflateParameter | undefined;
    if (known === undefined || Object.hasOwn(deflate, known)) return undefined;
    deflate[known] = value === undefined ? true : Number(value);
  }
  return deflate;
}

function elementsOf(headers: HeaderList, name: string): string[] {
  return headers.all(name).flatMap((value) =>
    value
      .split(',')
      .map(trimmed)
      .filter((element) => element !== ''),
  );
}

/** Without optional whitespace (RFC 9110 section 5.6.3), and no other. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

function broken(why: string): Refusal {
  return new Refusal('destination_protocol', { cause: new Reason(why) });
}
