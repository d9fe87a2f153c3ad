import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { UsageError } from '../../src/core/usage-error.js';
import type { Mode } from '../../src/inject/index.js';
import { queryPlace } from '../../src/inject/query.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const value = generatedSecret();
const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const secrets = credentials({ github: { value }, jira: { value: 'a b+c&d=e;f#%/ä' } });
const encoded = 'a%20b%2Bc%26d%3De%3Bf%23%25%2F%C3%A4';
const make = (name: string, template: string, mode: Mode = 'set') =>
  queryPlace.make({ name, template }, { mode, placeholders });
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');

describe('a query place that cannot be used', () => {
  it.each(['no secret', '{github', 'key={ github }'])('is refused for the template %j', (template) => {
    expect(() => make('key', template)).toThrow(UsageError);
  });

  it('is refused in mode substitute where a placeholder could stand for two fields', () => {
    expect(() => make('key', '{jira.user}:{jira.token}', 'substitute')).toThrow(UsageError);
    expect(make('key', '{jira.user}:{jira.token}').secrets).toEqual(['jira']);
  });

  it.each(['', 'a b', 'a&b', 'a=b', 'a;b', 'a%62', 'ä', 'a#', 'a+b', 'a?'])('is refused for the name %j', (name) => {
    expect(z.strictObject(queryPlace.options).safeParse({ name, template: '{github}' }).success).toBe(false);
  });
});

describe('a parameter that is set', () => {
  const injected = (path: string, name = 'key', template = '{github}'): string => {
    const head = headWith([], path);
    const injection = make(name, template);
    expect(injection.wants(head, 'desk')).toBe(true);
    injection.inject(head, 'desk', secrets);
    return head.path;
  };

  it.each([
    ['there is no query', '/a', '/a?OURS'],
    ['there is an empty query', '/a?', '/a?OURS'],
    ['there are others', '/a?b=1&c', '/a?b=1&c&OURS'],
    ['the query ends with a separator', '/a?b=1&', '/a?b=1&OURS'],
    ['the query is separators', '/a?&&', '/a?&&OURS'],
    ['others are written in ways of their own', '/a?%62=%zz+&=&&x;y=;1?b/%E4', '/a?%62=%zz+&=&&x;y=;1?b/%E4&OURS'],
    ['lists between semicolons are values', '/a?w=0;2;4&b=;45,20;', '/a?w=0;2;4&b=;45,20;&OURS'],
    ['names only begin or end like it', '/a?keys=1&monkey=2&key2', '/a?keys=1&monkey=2&key2&OURS'],
    ['it is in the path only', '/key=1/a', '/key=1/a?OURS'],
  ])('comes last where %s, and all else stays byte for byte', (_, path, expected) => {
    expect(injected(path)).toBe(expected.replace('OURS', `key=${value}`));
  });

  it.each([
    ['once', '/a?key=own', '/a?OURS'],
    ['before others', '/a?key=own&b=1', '/a?b=1&OURS'],
    ['between others', '/a?b=1&key=own&c=2', '/a?b=1&c=2&OURS'],
    ['three times', '/a?key=1&key=2&b=1&key=3', '/a?b=1&OURS'],
    ['without a value', '/a?key&key=&b=1', '/a?b=1&OURS'],
    ['percent-encoded', '/a?%6be%79=own&b=1', '/a?b=1&OURS'],
    ['in another case', '/a?KEY=own&Key=own', '/a?OURS'],
    ['as a list', '/a?key[]=own&key%5B0%5D=own', '/a?OURS'],
    ['with a plus before it', '/a?+key=own', '/a?OURS'],
    ['with an equals sign before it', '/a?=key=own', '/a?OURS'],
    ['behind a second question mark', '/a??key=own&b=1', '/a?b=1&OURS'],
    ['behind a semicolon', '/a?b=1;key=own&c=2', '/a?b=1&c=2&OURS'],
    ['before a semicolon', '/a?key=own;b=1', '/a?b=1&OURS'],
    ['behind an HTML entity', '/a?b=1&amp;key=own', '/a?b=1&amp&OURS'],
    ['with a question mark and equals signs in its value', '/a?key=a?b=c==&b=1', '/a?b=1&OURS'],
  ])('drops what the client sent of that name: %s', (_, path, expected) => {
    expect(injected(path)).toBe(expected.replace('OURS', `key=${value}`));
  });

  it('is percent-encoded, literals of the template and name too', () => {
    const head = headWith([], '/a');
    expect(make('auth[key]', 'k {jira}', 'set').inject(head, 'desk', secrets)).toEqual([`k%20${encoded}`]);
    expect(head.path).toBe(`/a?auth%5Bkey%5D=k%20${encoded}`);
  });

  it('does not go into OPTIONS *, which has no query', () => {
    expect(make('key', '{github}').wants({ ...headWith([], '*'), method: 'OPTIONS' }, 'desk')).toBe(false);
  });

  it('is refused for a value that cannot stand there, and the request stays as it was', () => {
    const head = headWith([], '/a?key=own');
    const bad = credentials({ github: { value: 's3cr3t-value\r\nx: 1' } });
    expect(() => make('key', '{github}').inject(head, 'desk', bad)).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
    expect(head.path).toBe('/a?key=own');
  });

  it('takes two of one policy', () => {
    const head = headWith([], '/1/boards?token=x&fields=all&key=y');
    make('key', '{github}').inject(head, 'desk', secrets);
    make('token', '{jira}').inject(head, 'desk', secrets);
    expect(head.path).toBe(`/1/boards?fields=all&key=${value}&token=${encoded}`);
  });

  it('is set anew when the request is sent once more', () => {
    const head = headWith([], '/a?b=1');
    make('key', '{github}').inject(head, 'desk', secrets);
    make('key', '{github}').inject(head, 'desk', credentials({ github: { value: 'another-value' } }));
    expect(head.path).toBe('/a?b=1&key=another-value');
  });
});

describe('a parameter in which a placeholder is replaced', () => {
  const injection = make('key', '{github}', 'substitute');

  it.each([
    ['nothing', '/a'],
    ['a key of its own', '/a?key=its-own-key'],
    ['the placeholder of another client', `/a?key=${placeholders.of('agents', 'github')!}`],
    ['the placeholder for another secret', `/a?key=${placeholders.of('desk', 'jira')!}`],
    ['half of the placeholder', `/a?key=${ours.slice(1)}`],
    ['the placeholder in another parameter', `/a?keys=${ours}&b=${ours}`],
    ['the placeholder in a parameter of nearly that name', `/a?key[]=${ours}&KEY=${ours}`],
    ['the placeholder behind a semicolon, where few servers see a parameter', `/a?b=1;key=${ours}`],
    ['the placeholder as a name', `/a?${ours}=key&${ours}`],
    ['the placeholder in the path', `/key=${ours}?key=1`],
    ['the placeholder encoded twice', `/a?key=${percent(percent(ours))}`],
    ['the placeholder in base64', `/a?key=${Buffer.from(ours).toString('base64url')}`],
    ['the placeholder five times', `/a?key=${ours.repeat(3)}&key=${ours.repeat(2)}`],
    ['the placeholder behind a percent sign', `/a?key=%${ours}`],
  ])('gets nothing for %s', (_, path) => expect(injection.wants(headWith([], path), 'desk')).toBe(false));

  it.each([
    ['alone', `/a?key=${ours}`, '/a?key=VALUE'],
    ['among others', `/a?b=%zz&key=${ours}&c;d`, '/a?b=%zz&key=VALUE&c;d'],
    ['percent-encoded', `/a?key=${percent(ours)}`, '/a?key=VALUE'],
    ['percent-encoded in part', `/a?key=%67${ours.slice(1)}`, '/a?key=VALUE'],
    ['under a name that is percent-encoded', `/a?%6bey=${ours}`, '/a?%6bey=VALUE'],
    ['with text around it', `/a?key=%20x%2f${ours}+y`, '/a?key=%20x%2fVALUE+y'],
    ['four times', `/a?key=${ours}${ours}&b&key=${ours}${ours}`, '/a?key=VALUEVALUE&b&key=VALUEVALUE'],
    ['next to a key of its own', `/a?key=own&key=${ours}`, '/a?key=own&key=VALUE'],
  ])('has only that replaced: %s', (_, path, expected) => {
    const head = headWith([], path);
    expect(injection.wants(head, 'desk')).toBe(true);
    const rendered = injection.inject(head, 'desk', secrets);
    expect(head.path).toBe(expected.replaceAll('VALUE', value));
    expect(new Set(rendered)).toEqual(new Set([value]));
    expect(injection.wants(head, 'desk')).toBe(false);
  });

  it('has the value percent-encoded, and says how', () => {
    const head = headWith([], `/a?key=${placeholders.of('desk', 'jira')!}`);
    expect(make('key', '{jira}', 'substitute').inject(head, 'desk', secrets)).toEqual([encoded]);
    expect(head.path).toBe(`/a?key=${encoded}`);
  });

  it('tells two secrets apart', () => {
    const both = make('key', '{github}{jira}', 'substitute');
    const head = headWith([], `/a?key=${placeholders.of('desk', 'jira')!}&key=${ours}`);
    both.inject(head, 'desk', secrets);
    expect(head.path).toBe(`/a?key=${encoded}&key=${value}`);
  });
});
