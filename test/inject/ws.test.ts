import { describe, expect, it } from '@jest/globals';
import type { Mode } from '../../src/inject/index.js';
import { wsPlace } from '../../src/inject/ws.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github') ?? '';
const secret = generatedSecret();
const odd = `a"\\\n${secret}`;
const values = credentials({ github: { value: secret, odd } });
const make = (template = '{github}', pointer = '/d/token') =>
  wsPlace.make({ pointer, template }, { mode: 'substitute', placeholders });
const place = make();
const message = (text: string, of = place): string => of.message?.(text, 'desk', values) ?? '';

describe('a place in messages that cannot be', () => {
  it.each<[string, string, Mode, string]>([
    ['/d/token', '{github}', 'set', 'needs mode: substitute'],
    ['d.token', '{github}', 'substitute', 'JSON Pointer'],
    ['', '{github}', 'substitute', 'JSON Pointer'],
    ['/d', 'token', 'substitute', 'names no secret'],
    ['/d', '{github.a} {github.b}', 'substitute', 'names each secret once'],
  ])('%j with %j in mode %s', (pointer, template, mode, why) => {
    expect(() => wsPlace.make({ pointer, template }, { mode, placeholders })).toThrow(why);
  });
});

describe('a message stays as it is', () => {
  it.each([
    ['without a placeholder', '{"d":{"token":"x"}}'],
    ['with it elsewhere', `{"d":{"other":"${ours}"}}`],
    ['with it twice', `{"d":{"token":"${ours}"},"e":"${ours}"}`],
    ['with it twice at the place', `{"d":{"token":"${ours}${ours}"}}`],
    ['where it is no JSON', `{"d":{"token":"${ours}"}`],
    ['behind a byte order mark', `\ufeff{"d":{"token":"${ours}"}}`],
    ['of another client', `{"d":{"token":"${placeholders.of('agents', 'github') ?? ''}"}}`],
    ['for another secret', `{"d":{"token":"${placeholders.of('desk', 'jira') ?? ''}"}}`],
  ])('%s', (_, text) => {
    expect(message(text)).toBe(text);
  });

  it('where what reads like its placeholder is an escape and something else', () => {
    const npm = keyedPlaceholders(Buffer.alloc(32, 1), ['desk'], new Map([['github', 'npm_<36 alnum>']]));
    const of = wsPlace.make({ pointer: '/d', template: '{github}' }, { mode: 'substitute', placeholders: npm });
    const text = `{"d":"\\${npm.of('desk', 'github') ?? ''}"}`;
    expect(of.message?.(text, 'desk', values)).toBe(text);
  });
});

describe('a placeholder at the place', () => {
  it('is replaced alone, whatever stands around it', () => {
    const text = (token: string): string => ` {"op":2,\t"d" : {"token":"Bot ${token}\\u0021","é":"ü"}, "n":1e400}`;
    expect(message(text(ours))).toBe(text(secret));
  });

  it('becomes a value written as JSON wants it', () => {
    const text = message(`{"d":{"token":"${ours}"}}`, make('{github.odd}'));
    expect(JSON.parse(text)).toEqual({ d: { token: odd } });
  });

  it('is wanted of a client that has one, and needs its values before anything goes out', () => {
    expect(place).toMatchObject({ place: 'ws /d/token', mode: 'substitute', secrets: ['github'] });
    expect(place.wants(headWith([]), 'desk')).toBe(true);
    expect(place.wants(headWith([]), 'nobody')).toBe(false);
    const head = headWith(['a', 'b']);
    expect(place.inject(head, 'desk', values)).toEqual([secret]);
    expect(head.headers.raw).toEqual(['a', 'b']);
    expect(() => make('{github.none}').inject(head, 'desk', values)).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
  });
});

describe('a value that is no secret', () => {
  it('may stand there beside a secret, and is not for the scrubber', () => {
    const plain = credentials({ jira: { user: 'bob', token: secret }, github: { value: secret } }, ['user']);
    const both = make('{jira.user} {github}');
    expect(both.inject(headWith([]), 'desk', plain)).toEqual([secret]);
    const text = `{"d":{"token":"${placeholders.of('desk', 'jira') ?? ''}"}}`;
    expect(both.message?.(text, 'desk', plain)).toBe('{"d":{"token":"bob"}}');
  });
});
