import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { sanitizeRequest, sanitizeTrailers, takesTrailers } from '../../src/proxy/sanitize.js';

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

function trailersLeft(trailers: readonly string[], headers: readonly string[] = []): string[] {
  const head = new HeaderList(headers);
  const listed = sanitizeRequest(head, false);
  const list = new HeaderList(trailers);
  sanitizeTrailers(list, head, listed);
  return list.raw;
}

describe('what the trailers of a request lose at the proxy', () => {
  it.each(
    [
      'Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade HTTP2-Settings Host Expect Proxy-Authorization',
      'X-Keywright-Id Forwarded X-Forwarded-For X-HTTP-Method-Override X-Original-URL',
      'Content-Length Content-Type Content-Encoding Content-Range Content-Location',
      'Authorization Cookie Cookie2 Range Request-Range If-Match If-Range If-Modified-Since Cache-Control Pragma',
      'Accept Accept-Encoding Max-Forwards Origin Referer Sec-Fetch-Site Access-Control-Request-Method',
    ].flatMap((names) => names.split(' ')),
  )('loses %s, also as CGI reads it', (name) => {
    const list = [name, 'x', name.toUpperCase(), 'y', name.replaceAll('-', '_'), 'z', 'X-Own', 'a'];
    expect(trailersLeft(list)).toEqual(['X-Own', 'a']);
  });

  it('loses what stands in the header section, and so the place of a credential, in any spelling', () => {
    expect(trailersLeft(['x-api-key', 'a', 'X_Api_Key', 'b', 'X-Api', 'c'], ['X-Api-Key', 'secret'])).toEqual([
      'X-Api',
      'c',
    ]);
  });

  it('loses what Connection lists, though the header section has lost that', () => {
    expect(trailersLeft(['X-Hop', 'a', 'X-Own', 'b'], ['Connection', 'x-hop', 'X-Hop', '1'])).toEqual(['X-Own', 'b']);
  });

  it('keeps order, case and duplicates of all the rest, digests among them', () => {
    const raw = ['X-A', '1', 'Content-Digest', 'd', 'Content-MD5', 'm', 'Repr-Digest', 'r', 'x-a', '2', 'Conten', ''];
    expect(trailersLeft(raw)).toEqual(raw);
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
