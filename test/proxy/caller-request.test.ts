import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { lastsOn } from '../../src/http1/keep-alive.js';
import { Malformed } from '../../src/http1/malformed.js';
import { framingOf, isWebSocketHandshake, malformedRefusal, mostBytesOf } from '../../src/proxy/caller-request.js';

const request = (raw: string[], method = 'GET', version: '1.0' | '1.1' = '1.1') => ({
  method,
  url: '/',
  version,
  headers: new HeaderList(raw),
});
const upgrade = ['Connection', 'keep-alive, Upgrade', 'Upgrade', 'WebSocket'];

describe('a WebSocket handshake', () => {
  it.each([
    ['a GET that asks for it', upgrade, 'GET', true],
    ['a POST', upgrade, 'POST', false],
    ['another protocol', ['Connection', 'Upgrade', 'Upgrade', 'h2c'], 'GET', false],
    ['two protocols', ['Connection', 'Upgrade', 'Upgrade', 'websocket, h2c'], 'GET', false],
    ['no Connection', ['Upgrade', 'websocket'], 'GET', false],
    ['another option', ['Connection', 'upgraded', 'Upgrade', 'websocket'], 'GET', false],
    ['Connection in two fields', ['Connection', 'close', 'connection', 'upgrade', 'Upgrade', 'websocket'], 'GET', true],
  ])('%s', (_, raw, method, is) => {
    expect(isWebSocketHandshake(request(raw, method))).toBe(is);
  });
});

describe('another request may follow', () => {
  it.each<[string[], '1.0' | '1.1', boolean]>([
    [[], '1.1', true],
    [['Connection', 'keep-alive'], '1.1', true],
    [['Connection', 'closed'], '1.1', true],
    [['Connection', 'close'], '1.1', false],
    [['connection', 'keep-alive', 'CONNECTION', 'TE,\tClose'], '1.1', false],
    [[], '1.0', false],
    [['Connection', 'keep-alive'], '1.0', false],
  ])('%j in HTTP/%s: %s', (raw, version, more) => {
    expect(lastsOn(request(raw, 'GET', version))).toBe(more);
  });
});

describe('the length of a body', () => {
  it('that is stated twice is no length, and may be anything', () => {
    const framing = framingOf(request(['Content-Length', '3', 'Content-Length', '3']));
    expect(framing).toBeInstanceOf(Malformed);
    expect(mostBytesOf({ framing })).toBe(Infinity);
  });

  it.each([
    [[], 0],
    [['Content-Length', '3'], 3],
    [['Transfer-Encoding', 'chunked'], Infinity],
  ])('with %j is at most %d', (raw, most) => {
    expect(mostBytesOf({ framing: framingOf(request(raw)) })).toBe(most);
  });
});

it.each([
  [new Malformed('too-large', ''), 'headers_too_large'],
  [new Malformed('syntax', ''), 'bad_request'],
  [new Malformed('framing', ''), 'bad_framing'],
  [new Malformed('coding', ''), 'bad_framing'],
  [new Refusal('draining'), 'draining'],
  [new RangeError('ours'), 'internal'],
])('%s is told as %s', (error, code) => {
  expect(malformedRefusal(error)).toMatchObject({ code });
});
