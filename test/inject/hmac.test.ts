import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { HeaderList } from '../../src/core/header-list.js';
import { hmacInjection, hmacSigner } from '../../src/inject/hmac.js';
import type { Injection, Mode, Signable, Signed } from '../../src/inject/index.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const now = Date.parse('2027-01-31T12:00:00.123Z');
const nonce = '0123456789abcdef0123456789abcdef';
const schema = z.strictObject(hmacSigner.options);

interface Entry {
  readonly mode?: Mode;
  readonly [option: string]: unknown;
}

function make({ mode = 'set', ...options }: Entry = {}): Injection {
  const whole = schema.parse({
    secret: 'github',
    algorithm: 'sha256',
    message: '{method}{target}',
    encoding: 'hex',
    header: 'X-Signature',
    ...options,
  });
  return hmacInjection(whole, { mode, placeholders }, { now: () => now, nonce: () => nonce });
}

type Request = Partial<Omit<Signable, 'headers'>> & { readonly headers?: readonly string[]; readonly body?: string };

function signable({ headers = [], body, ...more }: Request = {}): Signable {
  const content = body === undefined ? undefined : Buffer.from(body);
  return {
    method: 'POST',
    scheme: 'https',
    host: 'api.example.com',
    path: '/v1/orders?limit=5&side=buy',
    content,
    hasBody: content !== undefined,
    ...more,
    headers: new HeaderList(headers),
  };
}

const sign = (injection: Injection, request: Signable, fields: Record<string, string>): Signed =>
  injection.sign?.(request, 'desk', credentials({ github: fields })) as Signed;

/** Another implementation than the one that is tested. */
function openssl(algorithm: string, key: Buffer, message: Buffer | string): Buffer {
  const args = ['dgst', `-${algorithm}`, '-mac', 'HMAC', '-macopt', `hexkey:${key.toString('hex')}`, '-binary'];
  return execFileSync('openssl', args, { input: message });
}

const key = randomBytes(24);
const text = generatedSecret();
const body = '{"size":"1","side":"buy"}';
const sha256 = createHash('sha256').update(body).digest('hex');

describe('an hmac signer that cannot be', () => {
  it.each<[string, Entry, string]>([
    [
      'signs a part there is not',
      { message: '{method}{cookie}' },
      'what the message of an hmac may name is {method}, {target}',
    ],
    ['signs a secret', { message: '{github.value}' }, 'what the message of an hmac may name'],
    ['signs a header without a name', { message: '{header}' }, '{header.NAME}'],
    ['signs a field that is not known yet', { message: '{header.Content-Length}' }, 'cannot be signed'],
    [
      'signs nothing of the request',
      { message: '{timestamp}.{nonce}', timestamp_header: 'a', nonce_header: 'b' },
      'good for any',
    ],
    ['signs a text alone', { message: 'hello' }, 'good for any'],
    ['signs its own header', { message: '{path}{header.x_signature}' }, 'cannot hold the header'],
    ['signs a timestamp that nobody is told', { message: '{path}{timestamp}' }, 'timestamp_header'],
    ['signs a nonce that nobody is told', { message: '{path}{nonce}' }, 'nonce_header'],
    ['sends no signature', { template: 't={timestamp}' }, 'needs {signature}'],
    ['sends a part there is not', { template: '{signature}{path}' }, 'what the template of an hmac may name'],
    ['sends a line end', { template: 'a\n{signature}' }, 'visible ASCII'],
    ['sends a space at an end', { template: '{signature} ' }, 'visible ASCII'],
    ['has a stray brace', { message: '{path' }, 'a brace in a template'],
    ['goes in a field that routes', { header: 'Host' }, 'cannot stand in the header host'],
    ['has a timestamp in a field that frames', { timestamp_header: 'Transfer-Encoding' }, 'cannot stand in'],
    ['has two in one header', { timestamp_header: 'x_signature' }, 'in a header each'],
  ])('%s', (_, entry, why) => {
    expect(() => make(entry)).toThrow(why);
  });
});

describe('the signature of a scheme in use', () => {
  it.each<[string, Entry, Record<string, string>, Request, (string | [string, Buffer, string, BufferEncoding])[]]>([
    [
      'a timestamp and a body with a dot between, as Stripe signs events',
      { message: '{timestamp}.{body}', header: 'Stripe-Signature', template: 't={timestamp},v1={signature}' },
      { value: text },
      { body },
      ['stripe-signature', 't=1801396800,v1=', ['sha256', Buffer.from(text), `1801396800.${body}`, 'hex']],
    ],
    [
      'a version, a timestamp and a body, as Slack signs',
      {
        message: 'v0:{timestamp}:{body}',
        header: 'X-Slack-Signature',
        template: 'v0={signature}',
        timestamp_header: 'X-Slack-Request-Timestamp',
      },
      { value: text },
      { body },
      [
        'x-slack-request-timestamp',
        '1801396800',
        'x-slack-signature',
        'v0=',
        ['sha256', Buffer.from(text), `v0:1801396800:${body}`, 'hex'],
      ],
    ],
    [
      'a body alone, as GitHub signs',
      { message: '{body}', header: 'X-Hub-Signature-256', template: 'sha256={signature}' },
      { value: text },
      { body },
      ['x-hub-signature-256', 'sha256=', ['sha256', Buffer.from(text), body, 'hex']],
    ],
    [
      'Coinbase: all in one line, the key in base64',
      {
        message: '{timestamp}{method}{target}{body}',
        header: 'CB-ACCESS-SIGN',
        encoding: 'base64',
        key_encoding: 'base64',
        timestamp_header: 'CB-ACCESS-TIMESTAMP',
      },
      { value: key.toString('base64') },
      { body },
      [
        'cb-access-timestamp',
        '1801396800',
        'cb-access-sign',
        ['sha256', key, `1801396800POST/v1/orders?limit=5&side=buy${body}`, 'base64'],
      ],
    ],
    [
      'OKX: the same with milliseconds in words',
      {
        message: '{timestamp}{method}{target}{body}',
        header: 'OK-ACCESS-SIGN',
        encoding: 'base64',
        timestamp: 'iso8601',
        timestamp_header: 'OK-ACCESS-TIMESTAMP',
      },
      { value: text },
      { method: 'GET' },
      [
        'ok-access-timestamp',
        '2027-01-31T12:00:00.123Z',
        'ok-access-sign',
        ['sha256', Buffer.from(text), '2027-01-31T12:00:00.123ZGET/v1/orders?limit=5&side=buy', 'base64'],
      ],
    ],
    [
      'Bybit: query or body, and headers of the caller',
      {
        message: '{timestamp}{header.X-BAPI-API-KEY}{header.X-BAPI-RECV-WINDOW}{query}{body}',
        header: 'X-BAPI-SIGN',
        timestamp: 'unix-ms',
        timestamp_header: 'X-BAPI-TIMESTAMP',
      },
      { value: text },
      { method: 'GET', headers: ['X-BAPI-API-KEY', 'abc', 'X-BAPI-RECV-WINDOW', '5000'] },
      [
        'x-bapi-timestamp',
        '1801396800123',
        'x-bapi-sign',
        ['sha256', Buffer.from(text), '1801396800123abc5000limit=5&side=buy', 'hex'],
      ],
    ],
    [
      'Azure App Configuration: lines, and a digest that the caller sends',
      {
        message: '{method}\n{target}\n{header.x-ms-date};{host};{header.x-ms-content-sha256}',
        header: 'Authorization',
        encoding: 'base64',
        key_encoding: 'base64',
        template: 'HMAC-SHA256 Credential=abc&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}',
      },
      { value: key.toString('base64') },
      {
        method: 'GET',
        host: 'a.azconfig.io',
        headers: ['x-ms-date', 'Sun, 31 Jan 2027 12:00:00 GMT', 'x-ms-content-sha256', '47DEQpj8='],
      },
      [
        'authorization',
        'HMAC-SHA256 Credential=abc&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=',
        [
          'sha256',
          key,
          'GET\n/v1/orders?limit=5&side=buy\nSun, 31 Jan 2027 12:00:00 GMT;a.azconfig.io;47DEQpj8=',
          'base64',
        ],
      ],
    ],
    [
      'a nonce and the digest of a body, in SHA-512, the key in hex',
      {
        message: '{host}\n{path}\n{nonce}\n{body_sha256}',
        algorithm: 'sha512',
        encoding: 'base64url',
        key_encoding: 'hex',
        nonce_header: 'X-Nonce',
      },
      { value: key.toString('hex') },
      { body },
      [
        'x-nonce',
        nonce,
        'x-signature',
        ['sha512', key, `api.example.com\n/v1/orders\n${nonce}\n${sha256}`, 'base64url'],
      ],
    ],
    [
      'SHA-1, with doubled braces as braces',
      { message: '{{{method}}}', algorithm: 'sha1' },
      { value: text },
      {},
      ['x-signature', ['sha1', Buffer.from(text), '{POST}', 'hex']],
    ],
  ])('%s', (_, entry, fields, request, expected) => {
    const injection = make(entry);
    const draft = signable(request);
    const before = draft.headers.count;
    const signed = sign(injection, draft, fields);
    const last = expected.at(-1) as [string, Buffer, string, BufferEncoding];
    const signature = openssl(last[0], last[1], last[2]).toString(last[3]);
    const fieldsSent = expected.slice(0, -1).concat(signature) as string[];
    // The signature may be the end of a value.
    const [end, begin] = [fieldsSent.pop() ?? '', fieldsSent.length % 2 === 0 ? fieldsSent.pop() : ''];
    expect(draft.headers.raw.slice(before * 2)).toEqual([...fieldsSent, `${begin ?? ''}${end}`]);
    expect(signed).toEqual({ rendered: [signature] });
  });
});

describe('an hmac signer', () => {
  it('says what it holds, and where it writes', () => {
    const injection = make({ message: '{timestamp}{body_sha256}', timestamp_header: 'X-Time' });
    expect(injection).toMatchObject({
      place: 'hmac header x-signature',
      mode: 'set',
      fields: ['x-signature', 'x-time'],
      secrets: ['github'],
    });
    expect(injection.holds?.(headWith([]), 'desk')).toBe(true);
    expect(make().holds?.(headWith([]), 'desk')).toBe(false);
    expect(injection.wants(headWith([]), 'nobody')).toBe(true);
  });

  it('drops what the caller sent in its headers, in every spelling a server may take for them', () => {
    const injection = make({
      message: '{path}{timestamp}{nonce}',
      timestamp_header: 'X-Time',
      nonce_header: 'X-Nonce',
    });
    const head = headWith(['X-SIGNATURE', 'a', 'x_signature', 'b', 'X_Time', 'c', 'x-nonce', 'd', 'X-Other', 'e']);
    expect(injection.inject(head, 'desk', new Map())).toEqual([]);
    expect(head.headers.raw).toEqual(['X-Other', 'e']);
  });

  it('signs the bytes of the body as they go out, and of one there is not none', () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    const injection = make({ message: '{path}:{body}' });
    const { rendered } = sign(injection, signable({ content: bytes, hasBody: true }), { value: text });
    const message = Buffer.concat([Buffer.from('/v1/orders:'), bytes]);
    expect(rendered).toEqual([openssl('sha256', Buffer.from(text), message).toString('hex')]);
    const empty = sign(injection, signable({ path: '/v1/orders' }), { value: text });
    expect(empty.rendered).toEqual([openssl('sha256', Buffer.from(text), '/v1/orders:').toString('hex')]);
  });

  it('signs other bytes for another nonce and time each time, where none are given to it', () => {
    const options = {
      secret: 'github',
      algorithm: 'sha256',
      encoding: 'hex',
      header: 'a',
      message: '{path}{nonce}{timestamp}',
    };
    const injection = hmacSigner.make(schema.parse({ ...options, template: '{nonce} {timestamp} {signature}' }), {
      mode: 'set',
      placeholders,
    });
    const values = [0, 1].map(() => {
      const draft = signable();
      sign(injection, draft, { value: text });
      return draft.headers.first('a') ?? '';
    });
    const [one, two] = values.map((value) => value.split(' '));
    expect(one?.[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(one?.[0]).not.toBe(two?.[0]);
    expect(Math.abs(Number(one?.[1]) - Date.now() / 1000)).toBeLessThan(60);
    const message = `/v1/orders${one?.[0] ?? ''}${one?.[1] ?? ''}`;
    expect(one?.[2]).toBe(openssl('sha256', Buffer.from(text), message).toString('hex'));
  });
});

describe('a request is not signed', () => {
  it.each<[string, Entry, Request, string]>([
    ['whose body is not in memory', { message: '{body}' }, { hasBody: true }, 'the body is not in memory'],
    ['without a header that is signed', { message: '{path}{header.X-Key}' }, {}, 'it has no header X-Key'],
    [
      'with two of them',
      { message: '{path}{header.x-key}' },
      { headers: ['X-Key', 'a', 'x-key', 'b'] },
      'more than once',
    ],
    [
      'with another that reads the same',
      { message: '{path}{header.x-key}' },
      { headers: ['X-Key', 'a', 'x_key', 'b'] },
      'more than once',
    ],
    // None of these comes so far: the parsers refuse them.
    [
      'with a line end in a header',
      { message: '{method}\n{header.a}' },
      { headers: ['a', 'b\nc'] },
      'a part of it holds a line end',
    ],
    [
      'with a line end in its path',
      { message: '{method}\n{path}' },
      { path: '/a\r\nb' },
      'a part of it holds a line end',
    ],
    ['with a line end in its query', { message: '{query}' }, { path: '/?a\nb' }, 'a part of it holds a line end'],
  ])('%s', (_, entry, request, why) => {
    const draft = signable(request);
    const refusal = expect.objectContaining({
      code: 'unsignable',
      cause: expect.objectContaining({ name: 'Reason', message: expect.stringContaining(why) as string }) as object,
    });
    expect(() => sign(make(entry), draft, { value: text })).toThrow(refusal);
    expect(draft.headers.has('x-signature')).toBe(false);
  });
});

describe('in mode substitute it signs', () => {
  const ours = placeholders.of('desk', 'github') ?? '';
  const injection = make({ mode: 'substitute', message: '{body}' });
  const wants = (...headers: string[]): boolean => injection.wants(headWith(headers), 'desk');

  it('only where its header holds the placeholder of this client, and not too often', () => {
    expect(wants()).toBe(false);
    expect(wants('X-Other', ours)).toBe(false);
    expect(wants('X-Signature', placeholders.of('agents', 'github') ?? '')).toBe(false);
    expect(wants('X-Signature', placeholders.of('desk', 'jira') ?? '')).toBe(false);
    expect(wants('X-Signature', ours.repeat(5))).toBe(false);
    expect(wants('X-Signature', `v1=${ours}`)).toBe(true);
  });

  it('and holds a body only then; nothing of the placeholder is left', () => {
    expect(injection.holds?.(headWith(['X-Signature', ours]), 'desk')).toBe(true);
    expect(injection.holds?.(headWith([]), 'desk')).toBe(false);
    const head = headWith(['X-Signature', ours]);
    injection.inject(head, 'desk', new Map());
    expect(head.headers.raw).toEqual([]);
  });
});
