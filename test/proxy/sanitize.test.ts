import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { sanitizeRequest, takesTrailers } from '../../src/proxy/sanitize.js';

function sanitized(raw: readonly string[], byOperation = false): string[] {
  const headers = new HeaderList(raw);
  sanitizeRequest(headers, byOperation);
  return headers.raw;
}

describe('what a request loses at the proxy', () => {
  it.each([
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'HTTP2-Settings',
    'Host',
    'Expect',
    'Proxy-Authorization',
    'Proxy-Connection',
    'X-Keywright-Request-Id',
  ])('loses %s in any case', (name) => {
    expect(sanitized([name, 'x', name.toUpperCase(), 'y', name.toLowerCase(), 'z', 'Accept', '*/*'])).toEqual([
      'Accept',
      '*/*',
    ]);
  });

  it.each(['Transfer_Encoding', 'Content_Length', 'X_Forwarded_For', 'Proxy_Authorization', 'X_Keywright-Id'])(
    'loses %s, which some servers take for the field with hyphens',
    (name) => {
      expect(sanitized([name, 'x', 'Content-Length', '3', 'X_Own', 'y'])).toEqual([
        'Content-Length',
        '3',
        'X_Own',
        'y',
      ]);
    },
  );

  it('loses every field that Connection lists, in any of several lists', () => {
    expect(
      sanitized([
        'Connection',
        'close, Authorization',
        'X-One',
        '1',
        'connection',
        'x-two',
        'X-Two',
        '2',
        'Authorization',
        'a',
      ]),
    ).toEqual(['X-One', '1']);
  });

  it('keeps the length of the body even where Connection lists it', () => {
    expect(sanitized(['Connection', 'content-length', 'Content-Length', '3'])).toEqual(['Content-Length', '3']);
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-URL', 'X-Rewrite-URL'])(
    'loses %s where a method or path rule decided, and keeps it elsewhere',
    (name) => {
      expect(sanitized([name, 'DELETE'], true)).toEqual([]);
      expect(sanitized([name, 'DELETE'], false)).toEqual([name, 'DELETE']);
    },
  );

  it('keeps order, case and duplicates of all the rest', () => {
    const raw = ['accept', 'a', 'Cookie', 'c=1', 'ACCEPT', 'b', 'X-Request-Id', '1'];
    expect(sanitized(raw)).toEqual(raw);
  });
});

describe('whether a caller takes trailers', () => {
  it.each([
    [[], false],
    [['TE', 'gzip'], false],
    [['TE', 'x-trailers'], false],
    [['TE', 'trailers'], true],
    [['te', 'gzip;q=0.5, Trailers'], true],
    [['te', 'gzip', 'te', 'trailers'], true],
  ])('%j: %s', (raw, takes) => {
    expect(takesTrailers(new HeaderList(raw))).toBe(takes);
  });
});
