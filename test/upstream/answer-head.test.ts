import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { cleanAnswerHeaders, codingOf, uncodeHeaders } from '../../src/upstream/answer-head.js';

function cleaned(raw: readonly string[], credentialed: boolean): string[] {
  const headers = new HeaderList(raw);
  cleanAnswerHeaders(headers, credentialed);
  return headers.raw;
}

describe('the headers of an answer', () => {
  it.each([
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'Upgrade',
    'Alt-Svc',
    'Proxy-Authenticate',
    'X-Keywright-Request-Id',
  ])('lose %s always', (name) => expect(cleaned([name, 'x', 'ETag', '"a"'], false)).toEqual(['ETag', '"a"']));

  it.each(['Set-Cookie', 'Authentication-Info'])('lose %s where the request carried a credential', (name) => {
    expect(cleaned([name, 'x'], true)).toEqual([]);
    expect(cleaned([name, 'x'], false)).toEqual([name, 'x']);
  });

  it('lose what Connection lists', () => {
    expect(cleaned(['Connection', 'X-Hop, close', 'x-hop', '1', 'X-Stay', '2'], false)).toEqual(['X-Stay', '2']);
  });

  it('keep WWW-Authenticate, which git needs', () => {
    expect(cleaned(['WWW-Authenticate', 'Basic realm="x"'], true)).toEqual(['WWW-Authenticate', 'Basic realm="x"']);
  });
});

describe('the coding of an answer to a credentialed request', () => {
  const of = (coding: string, asked: string): string | undefined =>
    codingOf(new HeaderList(['Content-Encoding', coding]), asked);

  it.each(['gzip', 'GZIP', 'identity, gzip', 'br', 'deflate', 'zstd', 'x-unknown', 'gzip;q=1'])(
    'is refused where nobody asked for it: %s',
    (coding) => expect(() => of(coding, 'identity')).toThrow(new Refusal('response_coding')),
  );

  it.each([
    'gzip, gzip',
    'gzip, br',
    'identity, gzip',
    'gzip, identity',
    'compress',
    'gzip;q=1',
    '\u00a0gzip',
    'gzip\v',
  ])('is refused though codings were asked for: %j', (coding) =>
    expect(() => of(coding, 'gzip, br, deflate')).toThrow(new Refusal('response_coding')),
  );

  it('is refused in a second field too, and in Transfer-Encoding', () => {
    const twice = new HeaderList(['Content-Encoding', 'gzip', 'content-encoding', 'gzip']);
    expect(() => codingOf(twice, 'gzip')).toThrow();
    for (const coding of ['gzip, chunked', 'gzip', 'chunked, gzip', 'x']) {
      expect(() => codingOf(new HeaderList(['Transfer-Encoding', coding]), 'gzip')).toThrow();
    }
  });

  it.each([[], ['Content-Encoding', 'identity'], ['Content-Encoding', ' Identity '], ['Transfer-Encoding', 'chunked']])(
    'is none: %j',
    (...raw) => expect(codingOf(new HeaderList(raw.flat()), 'gzip')).toBeUndefined(),
  );

  it.each([
    ['gzip', 'gzip'],
    [' X-GZip\t', 'gzip'],
    ['deflate', 'deflate'],
    ['BR, ', 'br'],
  ])('is known where it was asked for: %j', (coding, expected) => {
    expect(of(coding, 'gzip, deflate;q=0.5, br')).toBe(expected);
  });
});

describe('the headers of an answer that is no longer in its coding', () => {
  it('say nothing of the bytes that it was', () => {
    const headers = new HeaderList(
      ['Content-Encoding', 'Content-Length', 'Content-MD5', 'Digest', 'Repr-Digest', 'Content-Digest', 'Accept-Ranges']
        .flatMap((name) => [name, 'x'])
        .concat('Vary', 'Accept-Encoding', 'Last-Modified', 'then', 'Content-Type', 'text/plain'),
    );
    uncodeHeaders(headers);
    expect(headers.raw).toEqual(['Vary', 'Accept-Encoding', 'Last-Modified', 'then', 'Content-Type', 'text/plain']);
  });

  it.each([
    ['"a"', 'W/"a"'],
    ['W/"a"', 'W/"a"'],
  ])('have a weak ETag: %s', (tag, expected) => {
    const headers = new HeaderList(['ETag', tag]);
    uncodeHeaders(headers);
    expect(headers.raw).toEqual(['ETag', expected]);
  });
});
