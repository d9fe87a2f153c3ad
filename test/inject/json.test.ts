import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import type { Draft } from '../../src/core/message.js';
import { checkRequest } from '../../src/inject/guard.js';
import type { Mode } from '../../src/inject/index.js';
import { jsonPlace } from '../../src/inject/json.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github') ?? '';
const secret = generatedSecret();
const odd = `a"\\\n€${secret}`;
const values = credentials({ github: { value: secret, odd } });
const make = (mode: Mode, pointer = '/api_key', template = '{github}') =>
  jsonPlace.make({ pointer, template }, { mode, placeholders });
const setting = make('set');
const substituting = make('substitute');

function request(body: string | Buffer, type = 'application/json', ...more: string[]): Draft {
  const coding = more[more.indexOf('content-encoding') + 1] ?? '';
  const fields = type === '' ? more : ['Content-Type', type, ...more];
  return { ...headWith(fields), content: new Content(Buffer.from(body), more.length === 0 ? '' : coding, 10_000) };
}

/** What goes out where it fires; undefined where it does not. */
function sent(place: typeof setting, body: string | Buffer, type?: string, ...more: string[]): string | undefined {
  const draft = request(body, type, ...more);
  if (place.holds?.(draft, 'desk') !== true || !place.wants(draft, 'desk')) return undefined;
  place.inject(draft, 'desk', values);
  return draft.content?.wire.toString();
}

/** Whether a body is refused for a placeholder in it that is not taken away. */
function misplaced(body: string, type?: string, ...more: string[]): boolean {
  const draft = request(body, type, ...more);
  const firing = substituting.wants(draft, 'desk') ? [substituting] : [];
  try {
    checkRequest(draft, firing, 'desk', placeholders);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'placeholder_misplaced' });
    return true;
  }
}

const malformed = expect.objectContaining({ code: 'body_malformed', status: 422 });
const coding = expect.objectContaining({ code: 'body_coding', status: 415 });

describe('a place in JSON that cannot be', () => {
  it.each<[string, string, Mode, string]>([
    ['api_key', '{github}', 'set', 'JSON Pointer'],
    ['', '{github}', 'set', 'JSON Pointer'],
    ['/a~2', '{github}', 'set', 'JSON Pointer'],
    ['/a', 'token', 'set', 'names no secret'],
    ['/a', '{github.a} {github.b}', 'substitute', 'names each secret once'],
  ])('%j with %j in mode %s', (pointer, template, mode, why) => {
    expect(() => make(mode, pointer, template)).toThrow(why);
  });
});

describe('a JSON body in which there is no one place', () => {
  it.each([
    ['it is none', '{"api_key":', '/api_key'],
    ['it is no JSON but JavaScript', '{/**/"api_key":"x"}', '/api_key'],
    ['it is not UTF-8', Buffer.from('{"api_key":"\xff"}', 'latin1'), '/api_key'],
    ['it is UTF-16', Buffer.from('\ufeff{"api_key":"x"}', 'utf16le'), '/api_key'],
    ['it is deeper than any reader goes', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, '/api_key'],
    ['it is a list', '[{"api_key":"x"}]', '/api_key'],
    ['it is a string', '"x"', '/api_key'],
    ['the object around it is missing', '{}', '/auth/api_key'],
    ['what is around it is no object', '{"auth":"x"}', '/auth/api_key'],
    ['an element is missing', '{"a":[1]}', '/a/1'],
    ['the end of a list is meant', '{"a":[1]}', '/a/-'],
    ['the name stands twice', '{"api_key":"x","api_key":"y"}', '/api_key'],
    ['the name stands twice, once in escapes', '{"api_key":"x","api\\u005fkey":"y"}', '/api_key'],
    ['a name on the way stands twice', '{"a":{"b":1},"a":{}}', '/a/b'],
    ['readers in Go take another for it', '{"api_key":"x","API_KEY":"y"}', '/api_key'],
    ['readers in Go take another for it, which is alone', '{"Api_\u212aey":"y"}', '/api_key'],
    ['readers in C take another for it', '{"api_key\\u0000more":"y"}', '/api_key'],
    ['some readers drop a part of the name', '{"api_\\ud888key":"y"}', '/api_key'],
  ])('is refused where %s', (_, body, pointer) => {
    expect(() => sent(make('set', pointer), body)).toThrow(malformed);
  });

  it.each(['utf-16', 'UTF-16LE', 'iso-8859-1', '"utf-7"', 'utf-8; charset=utf-16'])(
    'is refused in the charset %s, or left alone where it is not set and holds no placeholder',
    (charset) => {
      const type = `application/json; charset=${charset}`;
      expect(() => sent(setting, '{}', type)).toThrow(coding);
      expect(sent(substituting, '{}', type)).toBeUndefined();
      expect(misplaced(`{"api_key":"${ours}"}`, type)).toBe(true);
    },
  );

  it('is refused in a coding that cannot be read, or left alone where it is not set and holds no placeholder', () => {
    const zstd = ['application/json', 'content-encoding', 'zstd'] as const;
    expect(() => sent(setting, '{}', ...zstd)).toThrow(coding);
    expect(sent(substituting, '{}', ...zstd)).toBeUndefined();
    expect(misplaced(`{"api_key":"${ours}"}`, ...zstd)).toBe(true);
  });
});

describe('a body that says something else than JSON', () => {
  it.each([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/x-ndjson',
    'json',
    'application/json, text/plain',
  ])('is left alone as %j, and a placeholder in it refused', (type) => {
    expect(sent(setting, '{"api_key":"x"}', type)).toBeUndefined();
    expect(sent(substituting, `{"api_key":"${ours}"}`, type)).toBeUndefined();
    expect(misplaced(`{"api_key":"${ours}"}`, type)).toBe(true);
  });

  it('in a second Content-Type is left alone', () => {
    expect(sent(setting, '{}', 'application/json', 'content-type', 'text/plain')).toBeUndefined();
  });

  it('or is empty, or is none, is left alone', () => {
    expect(sent(setting, '')).toBeUndefined();
    expect(setting.wants(headWith(['content-type', 'application/json']), 'desk')).toBe(false);
    expect(substituting.wants(headWith(['content-type', 'application/json']), 'desk')).toBe(false);
  });
});

describe('in mode set', () => {
  it.each([
    ['{"a":1}', `{"api_key":"${secret}","a":1}`],
    ['{}', `{"api_key":"${secret}"}`],
    [' { \n} ', ` {"api_key":"${secret}" \n} `],
    ['{"api_key":"own"}', `{"api_key":"${secret}"}`],
    [
      '{"a":[1e400,{}],"api\\u005fkey" : {"x":[1]} ,"ü":"\\u00fc\\/"}',
      `{"a":[1e400,{}],"api\\u005fkey" : "${secret}" ,"ü":"\\u00fc\\/"}`,
    ],
    ['{"api_key":null, "n":1.50}', `{"api_key":"${secret}", "n":1.50}`],
    ['\ufeff{"api_key":1}', `\ufeff{"api_key":"${secret}"}`],
  ])('%s becomes %s', (body, becomes) => {
    expect(sent(setting, body)).toBe(becomes);
  });

  it.each([
    ['/a/0/key', '{"a":[{"key":"x"}]}', `{"a":[{"key":"${secret}"}]}`],
    ['/0', '[1]', `["${secret}"]`],
    ['/a~1b/~0', '{"a/b":{}}', `{"a/b":{"~":"${secret}"}}`],
    ['/€', '{"é":1}', `{"€":"${secret}","é":1}`],
  ])('at %s, %s becomes %s', (pointer, body, becomes) => {
    expect(sent(make('set', pointer), body)).toBe(becomes);
  });

  it.each([
    'APPLICATION/JSON',
    'application/vnd.api+json; charset="UTF-8"',
    'application/json ; x="a\\"b;c" ;charset=utf-8;',
  ])('fires for %s', (type) => {
    expect(sent(setting, '{}', type)).toBe(`{"api_key":"${secret}"}`);
  });

  it('writes a value as JSON wants it, and tells of both spellings', () => {
    const place = make('set', '/k', 'Bearer {github.odd}');
    const draft = request('{}');
    expect(place.inject(draft, 'desk', values)).toEqual([
      `Bearer ${odd}`,
      JSON.stringify(`Bearer ${odd}`).slice(1, -1),
    ]);
    expect(JSON.parse(draft.content?.wire.toString() ?? '')).toEqual({ k: `Bearer ${odd}` });
  });

  it('reads a body out of its coding, and leaves it out of it', () => {
    expect(sent(setting, gzipSync('{}'), 'application/json', 'content-encoding', 'gzip')).toBe(
      `{"api_key":"${secret}"}`,
    );
  });

  it('needs its value', () => {
    expect(() => make('set', '/a', '{github.none}').inject(request('{}'), 'desk', values)).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
  });
});

describe('in mode substitute', () => {
  it('replaces the placeholder alone', () => {
    const body = (token: string): string => ` {"n":1e400,\t"api_key" : "Bearer ${token}\\u0021","é":"ü"}`;
    expect(sent(substituting, body(ours))).toBe(body(secret));
    expect(sent(substituting, `\ufeff{"api_key":"${ours}${ours}"}`)).toBe(`\ufeff{"api_key":"${secret}${secret}"}`);
    expect(JSON.parse(sent(make('substitute', '/k', '{github.odd}'), `{"k":"${ours}"}`) ?? '')).toEqual({ k: odd });
  });

  it.each([
    ['elsewhere', `{"text":"${ours}"}`],
    ['elsewhere as well', `{"api_key":"${ours}","text":"${ours}"}`],
    ['as a name', `{"${ours}":1}`],
    ['deeper', `{"api_key":{"x":"${ours}"}}`],
    ['where the name stands twice', `{"api_key":"${ours}","api_key":"x"}`],
    ['in no JSON', `{"api_key":"${ours}"`],
    ['in JSON and more', `{"api_key":"${ours}"}{}`],
    ['too often', `{"api_key":"${ours.repeat(5)}"}`],
    ['of another client', `{"api_key":"${placeholders.of('agents', 'github') ?? ''}"}`],
    ['for another secret', `{"api_key":"${placeholders.of('desk', 'jira') ?? ''}"}`],
    ['in escapes', `{"api_key":"${ours.replace('0dec0de5', '\\u0030dec0de5')}"}`],
    ['in escapes elsewhere as well', `{"api_key":"${ours}","text":"${ours.replace('0dec', '\\u0030\\u0064ec')}"}`],
    ['in base64', `{"api_key":"${Buffer.from(ours).toString('base64')}"}`],
  ])('refuses one %s', (_, body) => {
    expect(misplaced(body)).toBe(true);
  });

  it('reads a string as JSON does, escapes first', () => {
    const made = (shape: string) => {
      const some = keyedPlaceholders(Buffer.alloc(32, 1), ['desk'], new Map([['github', shape]]));
      const place = jsonPlace.make({ pointer: '/k', template: '{github}' }, { mode: 'substitute', placeholders: some });
      return { place, own: some.of('desk', 'github') ?? '' };
    };
    const npm = made('npm_<36 alnum>');
    expect(sent(npm.place, `{"k":"\\${npm.own}"}`)).toBeUndefined();
    expect(sent(npm.place, `{"k":"\\\\${npm.own}"}`)).toBe(`{"k":"\\\\${secret}"}`);
    const hex = made('<40 hex>');
    expect(sent(hex.place, `{"k":"\\u00${hex.own}"}`)).toBeUndefined();
    expect(sent(hex.place, `{"k":"\\u00${hex.own}-${hex.own}"}`)).toBe(`{"k":"\\u00${hex.own}-${secret}"}`);
  });

  it('holds nothing for a client that has no placeholder, and tells what to look for', () => {
    expect(substituting.holds?.(request('{}'), 'nobody')).toBe(false);
    const place = make('substitute', '/k', '{github.odd}');
    expect(place.inject(request(`{"k":"x ${ours}"}`), 'desk', values)).toEqual([odd, JSON.stringify(odd).slice(1, -1)]);
    expect(place).toMatchObject({ place: 'json /k', mode: 'substitute', fields: [], secrets: ['github'] });
  });
});
