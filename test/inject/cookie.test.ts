import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { UsageError } from '../../src/core/usage-error.js';
import { cookiePlace } from '../../src/inject/cookie.js';
import type { Mode } from '../../src/inject/index.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';
import { unusableValues } from './unusable.js';

const value = generatedSecret();
const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const secrets = credentials({ github: { value } });
const make = (name: string, template: string, mode: Mode = 'set') =>
  cookiePlace.make({ name, template }, { mode, placeholders });
const unavailable = expect.objectContaining({ code: 'secret_unavailable' });
const withCookies = (...cookies: string[]) => headWith(cookies.flatMap((cookie) => ['Cookie', cookie]));

const unusableHere: readonly (readonly [string, string])[] = [
  ...unusableValues,
  ['an inner space', 's3cr3t value'],
  ['a quote', 's3cr3t"value'],
  ['a comma', 's3cr3t,value'],
  ['a semicolon', 's3cr3t;value'],
  ['a backslash', 's3cr3t\\value'],
];

describe('a cookie place that cannot be used', () => {
  it.each(['no-secret', '{github', 'a {github}', 'a;{github}', '"{github}"', 'a,{github}', '\\{github}', 'ä{github}'])(
    'is refused for the template %j',
    (template) => expect(() => make('d', template)).toThrow(UsageError),
  );

  it.each(['', 'a b', 'a=b', 'a;b', 'a,b', 'ä', '"d"'])('is refused for the name %j', (name) => {
    expect(z.strictObject(cookiePlace.options).safeParse({ name, template: '{github}' }).success).toBe(false);
  });

  it('is refused in mode substitute where a placeholder could stand for two fields', () => {
    expect(() => make('d', '{jira.user}:{jira.token}', 'substitute')).toThrow(UsageError);
  });
});

describe('a cookie that is set', () => {
  const injected = (...cookies: string[]): string[] => {
    const head = withCookies(...cookies);
    const injection = make('d', '{github}');
    expect(injection.wants(head, 'desk')).toBe(true);
    expect(injection.inject(head, 'desk', secrets)).toEqual([value]);
    return head.headers.all('cookie').map((text) => text.replace(value, 'VALUE'));
  };

  it.each([
    ['there is none', [], ['d=VALUE']],
    ['there are others', ['a=1; b="x y"'], ['a=1; b="x y"; d=VALUE']],
    ['others stand close and empty', ['a;b=;;c==1 ;=;'], ['a;b=;;c==1 ;=;; d=VALUE']],
    ['there are several fields', ['a=1', 'b=2'], ['a=1', 'b=2; d=VALUE']],
    ['names only begin or end like it', ['dd=1; ad=2; d2=3'], ['dd=1; ad=2; d2=3; d=VALUE']],
    ['a comma is part of a value', ['a=1,2,{"d":3}; b=2'], ['a=1,2,{"d":3}; b=2; d=VALUE']],
  ])('comes last where %s, and all else stays byte for byte', (_, cookies, expected) => {
    expect(injected(...cookies)).toEqual(expected);
  });

  it.each([
    ['alone', ['d=own'], ['d=VALUE']],
    ['before others', ['d=own; a=1'], ['a=1; d=VALUE']],
    ['between others, twice', ['a=1; d=own;d=own; b=2'], ['a=1; b=2; d=VALUE']],
    ['in several fields', ['d=own', 'a=1; d=own', 'd=own'], ['a=1; d=VALUE']],
    ['without a value', ['a=1; d; d='], ['a=1; d=VALUE']],
    ['in another case', ['D=own'], ['d=VALUE']],
    ['with space around it', ['a=1;\t d =own'], ['a=1; d=VALUE']],
    ['percent-encoded, as PHP read it', ['%64=own'], ['d=VALUE']],
    ['as a list', ['d[0]=own'], ['d=VALUE']],
    ['behind an equals sign, as one without a name', ['=d=own; a=1'], ['a=1; d=VALUE']],
    ['within quotes, which hide it from some', ['a="1; d=own"; b=2'], ['a="1; b=2; d=VALUE']],
    ['behind a comma, as RFC 2965 had it', ['$Version=1, d=own; a=1'], ['$Version=1; a=1; d=VALUE']],
  ])('drops what the client sent of that name: %s', (_, cookies, expected) => {
    expect(injected(...cookies)).toEqual(expected);
  });

  it('may have text around it', () => {
    const head = withCookies();
    expect(make('s', 'v1.{github}/x').inject(head, 'desk', secrets)).toEqual([`v1.${value}/x`]);
  });

  it.each(unusableHere)('is refused for a value with %s, and the request stays as it was', (_, bad) => {
    const head = withCookies('d=own');
    expect(() => make('d', '{github}').inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(
      unavailable,
    );
    expect(head.headers.raw).toEqual(['Cookie', 'd=own']);
  });
});

describe('a cookie in which a placeholder is replaced', () => {
  const injection = make('d', '{github}', 'substitute');

  it.each([
    ['nothing', []],
    ['a cookie of its own', ['d=own']],
    ['the placeholder of another client', [`d=${placeholders.of('agents', 'github')!}`]],
    ['the placeholder for another secret', [`d=${placeholders.of('desk', 'jira')!}`]],
    ['half of the placeholder', [`d=${ours.slice(1)}`]],
    ['the placeholder in another cookie', [`a=${ours}; dd=${ours}`]],
    ['the placeholder in a cookie of nearly that name', [`D=${ours}; d[]=${ours}`]],
    ['the placeholder as a name', [`${ours}=d; ${ours}`]],
    ['the placeholder percent-encoded, as cookies have no encoding', [`d=%67${ours.slice(1)}`]],
    ['the placeholder five times', [`d=${ours.repeat(3)}`, `d=${ours.repeat(2)}`]],
  ])('gets nothing for %s', (_, cookies) => expect(injection.wants(withCookies(...cookies), 'desk')).toBe(false));

  it.each([
    ['alone', [`d=${ours}`], ['d=VALUE']],
    ['among others', [`a=1;d=${ours}; b="2"`], ['a=1;d=VALUE; b="2"']],
    ['in quotes, with text around it', [`d="x${ours}y"`], ['d="xVALUEy"']],
    ['with space around it', [`a=1;  d = ${ours} ; b`], ['a=1;  d = VALUE ; b']],
    ['in the second field', ['a=1; d=own', `b=2; d=${ours}`], ['a=1; d=own', 'b=2; d=VALUE']],
    ['four times', [`d=${ours.repeat(4)}`], ['d=VALUEVALUEVALUEVALUE']],
  ])('has only that replaced: %s', (_, cookies, expected) => {
    const head = withCookies(...cookies);
    head.headers.add('x-other', `d=${ours}`);
    expect(injection.wants(head, 'desk')).toBe(true);
    const rendered = injection.inject(head, 'desk', secrets);
    expect(head.headers.all('cookie').map((text) => text.replaceAll(value, 'VALUE'))).toEqual(expected);
    expect(head.headers.all('x-other')).toEqual([`d=${ours}`]);
    expect(rendered.every((text) => text.includes(value))).toBe(true);
  });

  it.each(unusableHere)('is refused for a value with %s', (_, bad) => {
    const head = withCookies(`d=${ours}`);
    expect(() => injection.inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(unavailable);
    expect(head.headers.raw).toEqual(['Cookie', `d=${ours}`]);
  });
});
