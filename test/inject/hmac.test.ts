import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hmacSigner } from '../../src/inject/hmac.js';
import { generatedSecret, headWith } from './credentials.js';
import { make, nonce, openssl, placeholders, schema, sign, signable, type Entry, type Request } from './signing.js';

const key = randomBytes(24);
const text = generatedSecret();
const body = '{"size":"1","side":"buy"}';
const sha256 = createHash('sha256').update(body).digest('hex');

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
