import { sensitiveHeaders } from 'node:http2';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { sessionRequest } from '../../src/upstream/session-request.js';
import { message } from './exchange.js';

describe('a request on a session is refused', () => {
  it.each([
    ['a name that is none', ['a b', 'c']],
    ['a name like that of a pseudo-header field', [':path', '/other']],
    ['a value that ends its line', ['a', 'b\r\nc: d']],
    ['a value with NUL', ['a', 'b\0']],
    ['the second of two values', ['a', 'b', 'a', '\n']],
  ])('with %s', (_, raw) => {
    expect(() => sessionRequest(message(undefined, { headers: new HeaderList(raw) }))).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });
});

describe('a request on a session', () => {
  it('has the target in pseudo-header fields, and names in lower case', () => {
    const headers = new HeaderList(['Accept', '*/*', 'X-A', '1', 'x-a', '2']);
    const more = { method: 'PUT', host: 'a.test:8443', path: '/p?q', headers };
    expect({ ...sessionRequest(message(undefined, more)) }).toMatchObject({
      ':method': 'PUT',
      ':scheme': 'https',
      ':authority': 'a.test:8443',
      ':path': '/p?q',
      accept: '*/*',
      'x-a': ['1', '2'],
    });
  });

  it('says that trailers are taken where the caller does, and else nothing', () => {
    expect(sessionRequest(message(undefined, { takesTrailers: true }))['te']).toBe('trailers');
    expect(Object.keys(sessionRequest(message()))).not.toContain('te');
  });

  it('marks every field that holds a credential', () => {
    const fields = sessionRequest(message(undefined, { secretFields: ['x-vault'] })) as Record<symbol, unknown>;
    expect(fields[sensitiveHeaders]).toEqual([
      'authorization',
      'cookie',
      'proxy-authorization',
      'x-api-key',
      'x-vault',
    ]);
  });
});
