import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { defaultLimits } from '../../src/core/limits.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { framingOf } from '../../src/proxy/caller-request.js';
import { parseRequest, type ParsedRequest } from '../../src/proxy/head.js';
import type { Passage } from '../../src/proxy/passage.js';

const transport = new Socket();
const outside: Passage = {
  clientAddress: '',
  transport,
  trustedPath: true,
  client: undefined,
  tunnel: undefined,
  challenges: 0,
};
const tunnel = {
  caller: { client: 'desk' },
  authority: parseAuthority('a.test', 443),
  scheme: 'https',
  misnamed: false,
} as const;
const inside: Passage = { ...outside, tunnel };

function parse(
  url: string,
  passage: Passage,
  raw = ['Host', 'a.test'],
  method = 'GET',
  version: '1.0' | '1.1' = '1.1',
): ParsedRequest {
  const head = { method, url, version, headers: new HeaderList(raw) };
  const request = { ...head, framing: framingOf(head), body: undefined, trailers: new HeaderList() };
  return parseRequest(request, passage, defaultLimits);
}

const host = ['Host', 'a.test'];
const handshake = ['Host', 'a.test', 'Connection', 'Upgrade', 'Upgrade', 'websocket'];

describe('a head that has no one reading is refused', () => {
  it.each<[name: string, code: string, url: string, passage: Passage, raw: string[]]>([
    ['TRACE', 'method_refused', '/', inside, host],
    ['TRACK', 'method_refused', '/', inside, host],
    [
      'a length stated twice',
      'bad_framing',
      '/',
      inside,
      ['Host', 'a.test', 'Content-Length', '1', 'Content-Length', '1'],
    ],
    ['a handshake with a length', 'bad_framing', '/', inside, [...handshake, 'Content-Length', '0']],
    ['a handshake with chunks', 'bad_framing', '/', inside, [...handshake, 'Transfer-Encoding', 'chunked']],
    ['no Host', 'bad_request', '/', inside, []],
    ['two Hosts', 'bad_request', '/', inside, ['Host', 'a.test', 'host', 'a.test']],
    ['another Host', 'authority_mismatch', '/', inside, ['Host', 'b.test']],
    ['another port in Host', 'authority_mismatch', '/', inside, ['Host', 'a.test:444']],
    ['a fragment', 'bad_request', '/a#b', inside, host],
    ['asterisk form in a GET', 'bad_request', '*', inside, host],
    ['asterisk form outside a tunnel', 'not_proxied', '*', outside, host],
    ['authority form', 'bad_request', 'a.test:443', inside, host],
    ['another host in absolute form', 'authority_mismatch', 'https://b.test/', inside, ['Host', 'b.test']],
    ['another scheme in absolute form', 'authority_mismatch', 'http://a.test/', inside, host],
    ['a tunnel to another name', 'authority_mismatch', '/', { ...inside, tunnel: { ...tunnel, misnamed: true } }, host],
    ['origin form outside a tunnel', 'not_proxied', '/', outside, host],
    ['another scheme outside a tunnel', 'not_proxied', 'ftp://a.test/', outside, host],
    [
      'https in the clear on a path that is not trusted',
      'not_proxied',
      'https://a.test/',
      { ...outside, trustedPath: false },
      host,
    ],
    [
      'too many fields',
      'headers_too_large',
      '/',
      inside,
      ['Host', 'a.test', ...Array.from({ length: 600 }, () => 'X')],
    ],
  ])('%s', (name, code, url, passage, raw) => {
    expect(() => parse(url, passage, raw, name.startsWith('TRAC') ? name : 'GET')).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('a head with one reading', () => {
  it('inside a tunnel goes to where the tunnel goes', () => {
    expect(parse('/a?b', inside)).toMatchObject({
      head: { method: 'GET', path: '/a?b' },
      target: { scheme: 'https', authority: { host: 'a.test', port: 443 } },
      upgrade: undefined,
    });
    expect(parse('https://a.test/a', inside).head.path).toBe('/a');
  });

  it('outside goes to where its target says', () => {
    expect(parse('http://a.test/a', outside).target).toMatchObject({ scheme: 'http', authority: { port: 80 } });
  });

  it.each([
    ['*', inside],
    ['https://a.test', inside],
    ['http://a.test', outside],
    ['HTTPS://a.test:443', outside],
  ])('of OPTIONS for %s is for the server as a whole', (url, passage) => {
    expect(parse(url, passage, host, 'OPTIONS').head.path).toBe('*');
  });

  it.each([
    ['OPTIONS', 'http://a.test/', '/'],
    ['OPTIONS', 'http://a.test?b', '/?b'],
    ['OPTIONS', 'http://a.test/*', '/*'],
    ['GET', 'http://a.test', '/'],
  ])('of %s for %s is for a path', (method, url, path) => {
    expect(parse(url, outside, host, method).head.path).toBe(path);
  });

  it('of HTTP/1.0 needs no Host', () => {
    expect(parse('/', inside, [], 'GET', '1.0').target.authority.host).toBe('a.test');
  });

  it('may be a handshake', () => {
    expect(parse('/', inside, handshake).upgrade).toBe('websocket');
  });
});
