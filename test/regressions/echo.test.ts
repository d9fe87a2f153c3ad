import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { answered, get, ok, outcome, startWorld, type World } from './world.js';

let world: World;
let secret: string;

beforeAll(async () => {
  world = await startWorld();
  secret = world.secret;
});
afterAll(() => world.close());

/** What the caller gets to read when the destination answers so; the connection is closed after it. */
async function read(
  answer: string | Buffer | readonly (string | Buffer)[],
  request = get('/', 'Connection: close'),
  until = /never/,
): Promise<string> {
  const endings: NodeJS.Timeout[] = [];
  world.reset((_, socket) => {
    endings.push(setTimeout(() => socket.end(), 30));
    return answer;
  });
  const text = await world.inside(request, until);
  // What is kept would else be cut in the middle of a later answer.
  for (const ending of endings) clearTimeout(ending);
  return text;
}

/** As a reader of URLs, JSON and HTML would read it. */
const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#(\d+);/gi, (_, percent?: string, json?: string, entity?: string) =>
    String.fromCharCode(entity === undefined ? parseInt(percent ?? json ?? '', 16) : Number(entity)),
  );

const sized = (body: string, ...lines: string[]): string =>
  ['HTTP/1.1 200 OK', ...lines, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join('\r\n');

describe('TRACE, echo endpoints, error pages that repeat the request', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
  const places: [string, () => string][] = [
    ['the status text', () => `HTTP/1.1 404 no ${secret} here\r\nContent-Length: 0\r\n\r\n`],
    [
      'the status text, a control character inside',
      () => `HTTP/1.1 404 ${secret.slice(0, 4)}\x01${secret.slice(4)}\r\nContent-Length: 0\r\n\r\n`,
    ],
    ['a header value', () => sized('', `X-Echo: a ${secret} b`)],
    ['a header value, next to Latin-1', () => sized('', `X-Echo: \xe9${secret}\xe9`)],
    ['a header value in base64 of more', () => sized('', `X-Echo: ${base64(`ab Bearer ${secret}!`)}`)],
    ['the name of a header', () => sized('', `X-${secret}: 1`, `${secret}: 1`)],
    ['two fields of one name', () => sized('', `Link: <${secret}>`, `Link: <${percent(secret)}>`)],
    ['WWW-Authenticate', () => sized('', `WWW-Authenticate: Bearer realm="${secret}"`)],
    [
      'Location',
      () => `HTTP/1.1 302 Found\r\nLocation: https://evil.example/?t=${percent(secret)}\r\nContent-Length: 0\r\n\r\n`,
    ],
    ['Content-Type', () => sized('', `Content-Type: text/${secret}`)],
    ['Set-Cookie', () => sized('', `Set-Cookie: a=${secret}`)],
    [
      '103 Early Hints',
      () => `HTTP/1.1 103 Early Hints\r\nLink: </${secret}>; rel=preload\r\nX-Echo: ${secret}\r\n\r\n${sized('')}`,
    ],
    [
      '102 and 100',
      () =>
        `HTTP/1.1 100 ${secret}\r\nX-A: ${secret}\r\n\r\nHTTP/1.1 102 ${secret}\r\nX-A: ${secret}\r\n\r\n${sized('')}`,
    ],
    [
      'trailers',
      () =>
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Last\r\n\r\n2\r\nok\r\n0\r\nX-Last: ${secret}\r\nX-${secret}: 1\r\n\r\n`,
    ],
    [
      'a chunk extension',
      () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=${secret}\r\nok\r\n0\r\n\r\n`,
    ],
    [
      'an error page',
      () =>
        `HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: ${secret.length + 14}\r\n\r\nauthorization ${secret}`,
    ],
    ['a body without a length', () => `HTTP/1.1 200 OK\r\n\r\nBearer ${secret}`],
    ['an HTTP/1.0 answer', () => `HTTP/1.0 200 OK\r\n\r\nBearer ${secret}`],
    ['a body of an unreadable type', () => sized(`\0\xff${secret}`, 'Content-Type: application/octet-stream')],
    [
      'JSON with escapes',
      () =>
        sized(
          JSON.stringify({ a: secret }).replace(/[a-z]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
          'Content-Type: application/json',
        ),
    ],
    [
      'HTML entities',
      () => sized(Array.from(secret, (c) => `&#${c.charCodeAt(0)};`).join(''), 'Content-Type: text/html'),
    ],
    [
      'every other byte percent-encoded',
      () => sized(Array.from(secret, (c, i) => (i % 2 === 0 ? c : percent(c))).join('')),
    ],
    ['hex', () => sized(Buffer.from(secret).toString('hex').toUpperCase())],
  ];

  it.each(places)('gives nothing away in %s', async (_, answer) => {
    const text = await read(answer());
    expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(world.leaks(text)).toEqual([]);
    expect(unescaped(text)).not.toContain(secret);
    expect(text.toLowerCase()).not.toContain(Buffer.from(secret).toString('hex'));
  });

  it('gives nothing away in an answer to HEAD', async () => {
    const text = await read(
      `HTTP/1.1 200 ${secret}\r\nX-Echo: ${secret}\r\nContent-Length: 9\r\n\r\n`,
      get('/', 'Connection: close').replace('GET', 'HEAD'),
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 \*+\r\n/);
    expect(world.leaks(text)).toEqual([]);
  });

  it('finds the secret wherever the body is cut in two, in a length and in chunks', async () => {
    const cuts = Array.from({ length: secret.length + 1 }, (_, i) => i);
    for (const chunked of [false, true]) {
      const part = (text: string): string =>
        chunked && text !== '' ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
      const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${secret.length + 4}`;
      let cut = 0;
      world.reset((_, socket) => {
        const at = cut;
        cut += 1;
        socket.write(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${part(`[[${secret.slice(0, at)}`)}`);
        setTimeout(() => socket.write(`${part(`${secret.slice(at)}]]`)}${chunked ? '0\r\n\r\n' : ''}`), 2);
        return undefined;
      });
      const texts: string[] = [];
      // One after the other: many handshakes at once starve the readers on a small machine.
      while (texts.length < cuts.length) texts.push(await world.inside(get(), /\]\]/));
      expect(
        texts.filter((text) => !text.replace(/\r\n[0-9a-f]+\r\n/g, '').includes(`[[${'*'.repeat(secret.length)}`)),
      ).toEqual([]);
      expect(world.leaks(...texts)).toEqual([]);
    }
  }, 15_000);

  it('masks what a byte range cuts, from 6 bytes on, and leaves 5', async () => {
    const slice = (body: string): string =>
      `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-${9 + body.length}/9999\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const last = secret.slice(-6);
    const first = secret.slice(0, 6);
    expect(await read(slice(`${last} and ${first}`))).toMatch(/\r\n\r\n\*{6} and \*{6}$/);
    expect(await read(slice(secret.slice(3, 12)))).toMatch(/\r\n\r\n\*{9}$/);
    expect(await read(slice(`${secret.slice(-5)} and ${secret.slice(0, 5)}`))).toContain(
      `${secret.slice(-5)} and ${secret.slice(0, 5)}`,
    );
  });

  it.each([
    ['Range', 'multipart/byteranges'],
    ['Request-Range', 'multipart/x-byteranges'],
  ])('hands out no slices of several ranges, whose inner edges nobody would look at: %s', async (field, type) => {
    const half = secret.length >> 1;
    const part = (text: string): string => `--cut\r\nContent-Range: bytes 0-1/99\r\n\r\n${text}\r\n`;
    const body = `${part(secret.slice(0, half))}${part(secret.slice(half))}--cut--\r\n`;
    const text = await read(
      `HTTP/1.1 206 Partial Content\r\nContent-Type: ${type}; boundary=cut\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      get('/', `${field}: bytes=0-1,1-2`, 'Connection: close'),
    );
    expect(world.arrived()).not.toMatch(/^[a-z-]*range:/im);
    expect([secret.slice(0, half), secret.slice(half)].filter((piece) => text.includes(piece))).toEqual([]);
  });
});

describe('compressed echo, codings that cannot be searched', () => {
  const zipped = (): Buffer => gzipSync(`Bearer ${secret}`);
  const heads = [
    'Content-Encoding: gzip',
    'Content-Encoding: GZIP',
    'content-encoding: identity, gzip',
    'Content-Encoding: identity\r\nContent-Encoding: gzip',
    'Content-Encoding: gzip, identity',
    'Content-Encoding: x-gzip',
    'Content-Encoding: br',
    'Content-Encoding: x',
    'Content-Encoding: gzip;q=1',
    'Content-Encoding:\tdeflate\t',
  ];

  it.each(heads)('are refused before a byte of the answer is passed on: %j', async (coding) => {
    const body = zipped();
    const text = await read(
      [`HTTP/1.1 200 OK\r\n${coding}\r\nContent-Length: ${body.length}\r\n\r\n`, body],
      get(),
      answered,
    );
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(outcome(text)).toBe('response_coding');
    expect(text).not.toContain(body.toString('latin1'));
    expect(world.leaks(text)).toEqual([]);
  });

  it.each(['gzip, chunked', 'gzip', 'chunked, gzip', 'x, chunked'])(
    'are refused as a Transfer-Encoding too: %s',
    async (coding) => {
      const body = zipped().toString('latin1');
      const text = await read(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
        get(),
        answered,
      );
      expect(text).toMatch(/^HTTP\/1\.1 502 /);
      expect(text).not.toContain(body);
    },
  );

  it('are not asked for by who names Accept-Encoding as a field of this connection alone', async () => {
    world.reset();
    await world.inside(
      get(
        '/',
        'Accept-Encoding: gzip',
        'accept-encoding: br;q=1',
        'TE: gzip, trailers',
        'Connection: TE, accept-encoding',
      ),
    );
    expect(world.arrived().match(/^accept-encoding: .*$/gim)).toEqual(['accept-encoding: identity']);
    expect(world.arrived()).not.toMatch(/^te:/im);
  });
});

describe('an answer that hides another one', () => {
  it('is not given to the next request', async () => {
    world.reset(() => `${ok}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned`);
    const texts = [await world.inside(get('/1')), await world.inside(get('/2')), await world.inside(get('/3'))];
    expect(texts.filter((text) => text.includes('poisoned'))).toEqual([]);
  });

  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('as the body of %s does not come through', async (_, answer) => {
    const text = await read(answer, get(), /\r\n\r\n/);
    expect(text).not.toContain('hello');
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(outcome(text) === '204' && /content-length: [1-9]/i.test(text)).toBe(false);
  });
});
