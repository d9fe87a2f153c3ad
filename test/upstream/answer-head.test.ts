import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { checkCoding, cleanAnswerHeaders } from '../../src/upstream/answer-head.js';

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
  it.each(['gzip', 'GZIP', 'identity, gzip', 'br', 'deflate', 'zstd', 'x-unknown', 'gzip;q=1'])(
    'is refused: %s',
    (coding) => {
      expect(() => checkCoding(new HeaderList(['Content-Encoding', coding]))).toThrow(new Refusal('response_coding'));
    },
  );

  it('is refused in a second field too, and in Transfer-Encoding', () => {
    expect(() => checkCoding(new HeaderList(['Content-Encoding', 'identity', 'content-encoding', 'gzip']))).toThrow();
    expect(() => checkCoding(new HeaderList(['Transfer-Encoding', 'gzip, chunked']))).toThrow();
  });

  it.each([[], ['Content-Encoding', 'identity'], ['Content-Encoding', ' Identity '], ['Transfer-Encoding', 'chunked']])(
    'is fine: %j',
    (...raw) => expect(() => checkCoding(new HeaderList(raw.flat()))).not.toThrow(),
  );
});
