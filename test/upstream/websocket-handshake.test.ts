import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { agreedDeflate, openHandshake, type Handshake } from '../../src/upstream/websocket-handshake.js';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const asked = (...more: string[]): HeaderList =>
  new HeaderList(['Sec-WebSocket-Key', key, 'Sec-WebSocket-Version', '13', ...more]);
const offering = (...offers: string[]): HeaderList =>
  asked(...offers.flatMap((offer) => ['Sec-WebSocket-Extensions', offer]));
const agreed = (handshake: Handshake, ...more: string[]): unknown =>
  agreedDeflate(handshake, new HeaderList(['Sec-WebSocket-Accept', accept, ...more]));

describe('what is no handshake', () => {
  it.each([
    ['no key', ['Sec-WebSocket-Version', '13']],
    ['no version', ['Sec-WebSocket-Key', key]],
    ['two keys', asked('sec-websocket-key', key).raw],
    ['two versions', asked('sec-websocket-version', '13').raw],
    ['another version', ['Sec-WebSocket-Key', key, 'Sec-WebSocket-Version', '8']],
    ['a short key', ['Sec-WebSocket-Key', 'AAAA', 'Sec-WebSocket-Version', '13']],
    ['a key in base64url', ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25j_Q==', 'Sec-WebSocket-Version', '13']],
  ])('is refused: %s', (_, raw) => {
    expect(() => openHandshake(new HeaderList(raw))).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});

describe('of the extensions offered', () => {
  it.each([
    [['x-foo'], undefined],
    [['permessage-deflate; server_max_window_bits'], undefined],
    [['permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=08'], undefined],
    [['permessage-deflate; client_no_context_takeover=1'], undefined],
    [['permessage-deflate; client_max_window_bits; client_max_window_bits=9'], undefined],
    [['permessage-deflate; a'], undefined],
    [['permessage-deflate; client_max_window_bits="9"'], undefined],
    [['PerMessage-Deflate'], undefined],
    [
      ['x, permessage-deflate;client_max_window_bits', ' permessage-deflate '],
      'permessage-deflate;client_max_window_bits, permessage-deflate',
    ],
    [
      ['permessage-deflate; server_no_context_takeover; server_max_window_bits=8; client_max_window_bits=15'],
      'permessage-deflate; server_no_context_takeover; server_max_window_bits=8; client_max_window_bits=15',
    ],
  ])('only what can be read goes on: %j', (offers, line) => {
    const headers = offering(...offers);
    openHandshake(headers);
    expect(headers.all('sec-websocket-extensions')).toEqual(line === undefined ? [] : [line]);
  });
});

describe('an agreement', () => {
  it.each([
    ['permessage-deflate', 'permessage-deflate', {}],
    [
      'permessage-deflate',
      'permessage-deflate; client_no_context_takeover; server_max_window_bits=9',
      { client_no_context_takeover: true, server_max_window_bits: 9 },
    ],
    [
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate; client_max_window_bits=10',
      { client_max_window_bits: 10 },
    ],
    [
      'permessage-deflate; client_max_window_bits=11',
      'permessage-deflate; client_max_window_bits=10',
      { client_max_window_bits: 10 },
    ],
    ['permessage-deflate; server_no_context_takeover, permessage-deflate', 'permessage-deflate', {}],
  ])('to %s may be %s', (offer, answer, deflate) => {
    expect(agreed(openHandshake(offering(offer)), 'Sec-WebSocket-Extensions', answer)).toEqual(deflate);
  });

  it('may be to none, and to a subprotocol', () => {
    const handshake = openHandshake(asked('Sec-WebSocket-Protocol', 'a, b', 'Sec-WebSocket-Protocol', 'c'));
    expect(agreed(handshake)).toBeUndefined();
    expect(agreed(handshake, 'Sec-WebSocket-Protocol', 'c')).toBeUndefined();
  });

  it.each([
    ['permessage-deflate', 'permessage-deflate; client_max_window_bits=10'],
    ['permessage-deflate; client_max_window_bits', 'permessage-deflate; client_max_window_bits'],
    ['permessage-deflate; client_max_window_bits=10', 'permessage-deflate; client_max_window_bits=11'],
    ['permessage-deflate; server_max_window_bits=10', 'permessage-deflate'],
    ['permessage-deflate; server_no_context_takeover', 'permessage-deflate'],
    ['permessage-deflate', 'permessage-deflate, permessage-deflate'],
    ['permessage-deflate', 'x-foo'],
    ['x-foo', 'x-foo'],
  ])('to %s is never %s', (offer, answer) => {
    const handshake = openHandshake(offering(offer));
    expect(() => agreed(handshake, 'Sec-WebSocket-Extensions', answer)).toThrow(
      expect.objectContaining({ code: 'destination_protocol' }),
    );
  });

  it.each([
    ['another key', ['Sec-WebSocket-Accept', 'x']],
    ['a key twice', ['Sec-WebSocket-Accept', accept, 'Sec-WebSocket-Accept', accept]],
    ['none', []],
    ['a subprotocol that was not offered', ['Sec-WebSocket-Accept', accept, 'Sec-WebSocket-Protocol', 'A']],
    ['two subprotocols', ['Sec-WebSocket-Accept', accept, 'Sec-WebSocket-Protocol', 'a, b']],
  ])('is not one with %s', (_, raw) => {
    const handshake = openHandshake(asked('Sec-WebSocket-Protocol', 'a, b'));
    expect(() => agreedDeflate(handshake, new HeaderList(raw))).toThrow(
      expect.objectContaining({ code: 'destination_protocol' }),
    );
  });
});
