import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HeaderList } from '../../src/core/header-list.js';
import type { Draft } from '../../src/core/message.js';
import { headerPlace } from '../../src/inject/header.js';
import type { Injection, Signable, Signed } from '../../src/inject/index.js';
import { jsonPlace } from '../../src/inject/json.js';
import { injectAll, type Injectable, type Shown } from '../../src/upstream/injected.js';
import { credentials, generatedSecret, somePlaceholders } from '../inject/credentials.js';

const secret = generatedSecret();
const values = credentials({ github: { value: secret } });
const context = { mode: 'set', placeholders: somePlaceholders() } as const;
const header = headerPlace.make({ name: 'x-key', template: '{github}' }, context);
const json = jsonPlace.make({ pointer: '/key', template: '{github}' }, context);
const target = { scheme: 'https', authority: { host: 'api.example.com', port: 443, kind: 'name' } } as const;

function outgoing(
  injections: readonly Injection[],
  headers: string[],
  more: Partial<Injectable> & { content?: Content } = {},
): Injectable {
  const { content, ...rest } = more;
  const head: Draft = { method: 'POST', path: '/p', headers: new HeaderList(headers), ...(content && { content }) };
  return { target, caller: { client: 'desk' }, head, injections, credentials: values, body: undefined, ...rest };
}

const signer = (sign: NonNullable<Injection['sign']>): Injection => ({
  mode: 'set',
  place: 'signer',
  fields: [],
  secrets: ['github'],
  wants: () => true,
  inject: () => [],
  sign,
});

describe('a request without a credential', () => {
  it('goes as it came, with nothing to look for', () => {
    const body = Readable.from(['x']);
    const request = outgoing([], ['Accept-Encoding', 'zstd', 'Range', 'bytes=0-1,3-4'], { body });
    const shown: Shown[] = [];
    expect(injectAll(request, shown)).toEqual({ needles: undefined, body });
    expect(request.head.headers.raw).toEqual(['Accept-Encoding', 'zstd', 'Range', 'bytes=0-1,3-4']);
    expect(shown).toEqual([]);
  });

  it('has the length of what was held of it', () => {
    const content = new Content(Buffer.from('{}'), '', 100);
    const request = outgoing([], ['Content-Digest', 'd'], { content });
    expect(injectAll(request, [])).toEqual({ needles: undefined, body: undefined });
    expect(request.head.headers.raw).toEqual(['Content-Digest', 'd', 'content-length', '2']);
  });
});

describe('a request with credentials in header and body', () => {
  it('has both, in no coding, with its new length and without digests of what it was', () => {
    const content = new Content(gzipSync('{"a":1}'), 'gzip', 100);
    const fields = [
      'Content-Type',
      'application/json',
      'Content-Encoding',
      'gzip',
      'Digest',
      'd',
      'Content-Length',
      '27',
    ];
    const request = outgoing([header, json], fields, { content });
    const shown: Shown[] = [];
    expect(injectAll(request, shown)).toMatchObject({ needles: expect.anything() });
    const body = `{"key":"${secret}","a":1}`;
    expect(request.head.content?.wire.toString()).toBe(body);
    expect(request.head.headers.first('content-length')).toBe(String(body.length));
    expect(request.head.headers.first('x-key')).toBe(secret);
    expect(['content-encoding', 'digest'].filter((name) => request.head.headers.has(name))).toEqual([]);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.rendered).toContain(secret);
  });
});

describe('a request that is signed', () => {
  it('is signed last, over the body as it goes out, by one signer after the other', async () => {
    const seen: Signable[] = [];
    const sign = (name: string) =>
      signer((request) => {
        seen.push({ ...request, headers: new HeaderList(request.headers.raw) });
        request.headers.set(name, 'signed');
        request.path += `?${name}`;
        return Promise.resolve({ rendered: [`${name}-signature`] });
      });
    const content = new Content(Buffer.from('{}'), '', 100);
    const shown: Shown[] = [];
    const request = outgoing([sign('one'), json, sign('two')], ['content-type', 'application/json'], { content });
    await injectAll(request, shown);
    const body = `{"key":"${secret}"}`;
    expect(seen.map(({ content: signed }) => signed?.toString())).toEqual([body, body]);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      scheme: 'https',
      host: 'api.example.com',
      path: '/p',
      hasBody: true,
    });
    expect(seen.map(({ headers }) => [headers.first('content-length'), headers.has('one')])).toEqual([
      [String(body.length), false],
      [String(body.length), true],
    ]);
    expect(request.head.path).toBe('/p?one?two');
    expect(shown[0]?.signatures).toEqual(expect.arrayContaining(['one-signature', 'two-signature']));
  });

  it('streams its body through what signs it, in order', async () => {
    const around = (name: string): Signed => ({
      rendered: [],
      body: (body) =>
        Readable.from(
          (async function* () {
            for await (const piece of body) yield `${name}(${String(piece)})`;
          })(),
        ),
    });
    const request = outgoing([signer(() => around('a')), signer(() => around('b'))], [], {
      body: Readable.from(['x']),
    });
    const { body } = await injectAll(request, []);
    expect((await body?.toArray())?.join('')).toBe('b(a(x))');
  });

  it('is not sent where it cannot be', async () => {
    const request = outgoing([signer(() => Promise.reject(new Error('no')))], []);
    const shown: Shown[] = [];
    await expect(injectAll(request, shown)).rejects.toThrow('no');
    expect(shown).toEqual([]);
  });
});
