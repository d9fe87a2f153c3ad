import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { encoders } from '../scrub/coded.js';
import { answered, get, outcome, startWorld, type World } from './world.js';

let world: World;
let secret: string;
let stars: string;

beforeAll(async () => {
  world = await startWorld();
  secret = world.secret;
  stars = '*'.repeat(secret.length);
});
afterAll(() => world.close());

const every = 'Accept-Encoding: gzip, deflate, br, zstd';
const noise = (bytes: number): string => randomBytes(bytes * 0.75).toString('base64');

/** A whole answer with a body in a coding. */
function coded(coding: string, body: Buffer, ...lines: string[]): Buffer {
  const head = ['HTTP/1.1 200 OK', `Content-Encoding: ${coding}`, ...lines, `Content-Length: ${body.length}`, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body]);
}

/** What the caller gets to read until the connection ends: head, and body without its chunks. */
async function read(answer: Buffer, ...lines: string[]): Promise<{ text: string; head: string; body: Buffer }> {
  world.reset(() => [answer]);
  const text = await world.inside(get('/', ...(lines.length === 0 ? [every] : lines), 'Connection: close'), /never/);
  const [head, rest] = splitAt(text, '\r\n\r\n');
  return {
    text,
    head,
    body: Buffer.from(/^transfer-encoding: chunked/im.test(head) ? unchunked(rest) : rest, 'latin1'),
  };
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** The content of whole chunks; throws where the last one is missing. */
function unchunked(text: string): string {
  const [size, rest] = splitAt(text, '\r\n');
  const length = parseInt(size, 16);
  if (Number.isNaN(length)) throw new TypeError('the body was cut');
  return length === 0 ? '' : rest.slice(0, length) + unchunked(rest.slice(length + 2));
}

describe('a coded answer that cannot be searched to its end', () => {
  it.each(encoders)('in another coding than was asked for is refused: $name', async ({ coding, encode }) => {
    const others = ['gzip', 'deflate', 'br', 'zstd'].filter((name) => name !== coding).join();
    for (const asked of [`Accept-Encoding: ${others}`, `Accept-Encoding: ${coding};q=0`, 'Accept-Encoding: identity']) {
      const { text } = await read(coded(coding, encode(Buffer.from(secret))), asked);
      expect(outcome(text)).toBe('response_coding');
    }
  });

  it.each(['gzip, gzip', 'gzip, br', 'gzip\r\nContent-Encoding: gzip'])(
    'is refused in several codings: %j',
    async (coding) => {
      const { text } = await read(coded(coding, zlib.gzipSync(zlib.gzipSync(secret))), every);
      expect(outcome(text)).toBe('response_coding');
    },
  );

  it.each(encoders)(
    'is refused cut short, corrupt, and with something behind it: $name',
    async ({ coding, encode }) => {
      const body = encode(Buffer.from(`Bearer ${secret}`));
      const cases = [
        body.subarray(0, -1),
        body.subarray(0, 2),
        Buffer.concat([body, body.subarray(0, 3)]),
        Buffer.from(secret),
      ];
      for (const bytes of cases) {
        const { text } = await read(coded(coding, bytes));
        expect(outcome(text)).toBe('response_coding');
        expect(world.leaks(text)).toEqual([]);
      }
    },
  );

  it.each(encoders)(
    'is cut where that shows after its head, and never ends as if it were whole: $name',
    async ({ coding, encode }) => {
      const body = encode(Buffer.from(noise(200_000)));
      world.reset(() => [
        `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nTransfer-Encoding: chunked\r\n\r\n${(body.length - 1).toString(16)}\r\n`,
        body.subarray(0, -1),
        '\r\n0\r\n\r\n',
      ]);
      const text = await world.inside(get('/', every), /never/);
      // What was not yet written when it is cut goes with the connection: that may be all.
      expect(text).toMatch(/^(?:HTTP\/1\.1 200 |$)/);
      expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(lastEnd()).toMatchObject({ code: 'response_coding' });
    },
  );

  it('is refused as a range, and a caller who wants one is not given a coding', async () => {
    const ranged = coded('gzip', zlib.gzipSync(secret).subarray(5), 'Content-Range: bytes 5-20/99');
    const { text } = await read(
      Buffer.from(ranged.toString('latin1').replace('200 OK', '206 Partial Content'), 'latin1'),
      every,
    );
    expect(outcome(text)).toBe('response_coding');
    await read(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), every, 'Range: bytes=5-20');
    expect(world.arrived()).toMatch(/^accept-encoding: identity\r$/im);
  });
});

/** The audit's record of how the last request ended. */
function lastEnd(): unknown {
  const records = world.proxy
    .written()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string });
  return records.filter(({ kind }) => kind === 'end').at(-1);
}

describe('compressed echo', () => {
  it.each(encoders)(
    'in $name is masked and sent in no coding, with nothing said of what it was',
    async ({ coding, encode }) => {
      const echo = (mask: string): string => `{"a":"Bearer ${mask}","b":"${mask}"}`;
      const { head, body, text } = await read(
        coded(
          coding,
          encode(Buffer.from(echo(secret))),
          'ETag: "v1"',
          'Content-MD5: x',
          'Vary: Accept-Encoding',
          'X-A: b',
        ),
      );
      expect(body.toString()).toBe(echo(stars));
      expect(head).not.toMatch(/^(?:content-encoding|content-length|content-md5)/im);
      expect(head).toMatch(/^ETag: W\/"v1"\r\nVary: Accept-Encoding\r\nX-A: b\r$/im);
      expect(world.leaks(text)).toEqual([]);
      expect(lastEnd()).toMatchObject({ code: 'ok', masked: 2 });
    },
  );

  it('of every form is found: escapes and base64 in a coding', async () => {
    for (const form of [
      encodeURIComponent(secret).replace(/[a-f]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
      Array.from(secret, (c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
      Buffer.from(secret).toString('hex'),
    ]) {
      const { body } = await read(coded('gzip', zlib.gzipSync(`<${form}>`), 'Content-Type: text/plain'));
      expect(body.toString()).toBe(`<${'*'.repeat(form.length)}>`);
    }
  });

  it.each(encoders)(
    'in $name, beyond what the head waits for, cuts the answer and is told to the operator',
    async ({ coding, encode }) => {
      const body = encode(Buffer.from(`${noise(200_000)}${secret}${noise(100_000)}`));
      const { text } = await read(coded(coding, body));
      const [, passed] = splitAt(text, '\r\n\r\n');
      // What was not yet written when it is cut goes with the connection: that may be all.
      expect(text).toMatch(/^(?:HTTP\/1\.1 200 |$)/);
      expect(passed.length).toBeLessThan(body.length);
      expect(world.leaks(text)).toEqual([]);
      expect(lastEnd()).toMatchObject({ code: 'answer_cut' });
      expect(world.proxy.reports.at(-1)?.refusal.code).toBe('answer_cut');
    },
  );

  it('has no digest of what it was in its trailers', async () => {
    const body = zlib.gzipSync(secret);
    world.reset(() => [
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTrailer: Repr-Digest\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`,
      body,
      '\r\n0\r\nRepr-Digest: x\r\nX-Last: 1\r\n\r\n',
    ]);
    const text = await world.inside(get('/', every, 'Connection: close'), /never/);
    expect(text).toContain(stars);
    expect(text).toMatch(/X-Last: 1\r\n\r\n$/);
    expect(text).not.toMatch(/Repr-Digest: x/);
  });
});

describe('a clean answer in a coding', () => {
  it.each(encoders)('comes through as it was sent: $name', async ({ coding, encode }) => {
    for (const length of [0, 500, 300_000]) {
      const body = encode(Buffer.from(noise(length)));
      const { head, body: received } = await read(coded(coding, body, 'ETag: "v1"', 'Accept-Ranges: bytes'));
      expect(received.equals(body)).toBe(true);
      for (const line of [
        `Content-Encoding: ${coding}`,
        `Content-Length: ${body.length}`,
        'ETag: "v1"',
        'Accept-Ranges: bytes',
      ]) {
        expect(head).toContain(line);
      }
    }
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Encoding: x\r\nContent-Length: 99\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n'],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n'],
  ])('that has no body passes: %s, %j', async (method, answer) => {
    world.reset(() => answer);
    const text = await world.inside(get('/', every, 'Connection: close').replace('GET', method), /never/);
    expect(text.slice(0, 12)).toBe(answer.slice(0, 12));
    expect(text).toMatch(/^Content-Encoding: /im);
  });
});

describe('a decompression bomb', () => {
  it('leaves memory flat and others served while it is searched, and passes if it is clean', async () => {
    const body = zlib.gzipSync(Buffer.alloc(256 * 1024 * 1024), { level: 9 });
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const bomb = read(coded('gzip', body));
    const alive = await world.ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n', answered);
    expect(outcome(alive)).toBe('not_proxied');
    expect((await bomb).body.equals(body)).toBe(true);
    clearInterval(watch);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(128 * 1024 * 1024);
  });
});
