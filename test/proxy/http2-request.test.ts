import { describe, expect, it } from '@jest/globals';
import { Malformed } from '../../src/http1/malformed.js';
import { readHttp2Head } from '../../src/proxy/http2-request.js';

const plain = [':method', 'POST', ':scheme', 'https', ':authority', 'a.test', ':path', '/p?q'];
const bounds = { scheme: 'https', mostBytes: 500 } as const;
const read = (raw: readonly string[], more = true) => readHttp2Head(raw, more, bounds);

describe('a stream that holds no request with one reading', () => {
  // Most of these nghttp2 resets before; nothing here relies on it.
  it.each<[string, string[]]>([
    ['without a method', plain.slice(2)],
    ['with a method in lower case', [':method', 'get', ...plain.slice(2)]],
    ['with a space in its method', [':method', 'GET /', ...plain.slice(2)]],
    ['without a path', plain.slice(0, 6)],
    ['with an empty path', [...plain.slice(0, 6), ':path', '']],
    ['with an absolute path', [...plain.slice(0, 6), ':path', 'https://a.test/']],
    ['with a space in its path', [...plain.slice(0, 6), ':path', '/ HTTP/1.1']],
    ['with a line end in its path', [...plain.slice(0, 6), ':path', '/\r\n']],
    ['with a line end behind its path', [...plain.slice(0, 6), ':path', '/\n']],
    ['with a high byte in its path', [...plain.slice(0, 6), ':path', '/\xe9']],
    ['with another scheme', [':scheme', 'http', ...plain]],
    ['without a scheme', [...plain.slice(0, 2), ...plain.slice(4)]],
    ['with a protocol', [':protocol', 'websocket', ...plain]],
    ['with Connection', [...plain, 'connection', 'x']],
    ['with Transfer-Encoding', [...plain, 'transfer-encoding', 'chunked']],
    ['with Upgrade', [...plain, 'upgrade', 'websocket']],
  ])('%s', (_, raw) => {
    expect(read(raw).framing).toMatchObject({ kind: 'syntax' });
  });

  it.each([['+5'], ['05'], ['5, 5'], [''], ['1e3'], ['-1']])('with the length %j', (length) => {
    expect(read([...plain, 'content-length', length]).framing).toMatchObject({ kind: 'framing' });
  });

  it('with two lengths', () => {
    const twice = [...plain, 'content-length', '5', 'content-length', '5'];
    expect(read(twice).framing).toMatchObject({ kind: 'framing' });
  });

  it('with a length and nothing behind it', () => {
    expect(read([...plain, 'content-length', '5'], false).framing).toMatchObject({ kind: 'framing' });
  });

  it('with more bytes than allowed, each field with its overhead', () => {
    const size = (value: number): unknown => read([...plain, 'x', 'a'.repeat(value)]).framing;
    // Five fields, 44 bytes of the first four and one of the last name.
    const own = plain.join('').length + 1 + 5 * 32;
    expect(size(500 - own)).toEqual({ kind: 'chunked' });
    expect(size(501 - own)).toMatchObject({ kind: 'too-large' });
  });

  it('says no method that is none', () => {
    expect(read([':method', 'GET /\r\n', ...plain.slice(2)]).method).toBe('');
    expect(read([':method', 'GET /\r\n', ...plain.slice(2)]).framing).toBeInstanceOf(Malformed);
  });
});

describe('Host', () => {
  it.each<[string, string[], string[]]>([
    ['is what :authority says', plain, ['a.test']],
    ['is one, where it agrees', [...plain, 'host', 'A.test'], ['a.test']],
    ['is two, where it does not', [...plain, 'host', 'b.test'], ['b.test', 'a.test']],
    [
      'is two, where one of several does not',
      [...plain, 'host', 'a.test', 'host', 'b.test'],
      ['a.test', 'b.test', 'a.test'],
    ],
    ['alone stands for :authority', [...plain.slice(0, 4), ...plain.slice(6), 'host', 'c.test'], ['c.test']],
    ['is none, where nothing says it', [...plain.slice(0, 4), ...plain.slice(6)], []],
  ])('%s', (_, raw, hosts) => {
    expect(read(raw).headers.all('host')).toEqual(hosts);
  });
});

describe('the body', () => {
  it.each<[string, string[], boolean, object]>([
    ['is none, where nothing follows', [], false, { kind: 'none' }],
    ['is of unknown length, where something does', [], true, { kind: 'chunked' }],
    ['is as long as stated', ['content-length', '5'], true, { kind: 'length', length: 5 }],
    ['is none, where it is stated to be', ['content-length', '0'], true, { kind: 'none' }],
  ])('%s', (_, more, follows, framing) => {
    expect(read([...plain, ...more], follows).framing).toEqual(framing);
  });

  it('of a CONNECT is none: it is refused for what it is', () => {
    const { method, framing } = read([':method', 'CONNECT', ':authority', 'a.test:443']);
    expect([method, framing]).toEqual(['CONNECT', { kind: 'none' }]);
  });
});
