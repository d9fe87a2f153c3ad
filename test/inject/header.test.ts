import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { UsageError } from '../../src/core/usage-error.js';
import { headerPlace } from '../../src/inject/header.js';
import type { Mode } from '../../src/inject/index.js';
import { base64, credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';
import { unusableValues } from './unusable.js';

const value = generatedSecret();
const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const secrets = credentials({ github: { value }, jira: { value: 'jira-value' } });
const make = (name: string, template: string, mode: Mode = 'set') =>
  headerPlace.make({ name, template }, { mode, placeholders });
const unavailable = expect.objectContaining({ code: 'secret_unavailable' });

describe('a header that no credential may stand in', () => {
  it.each([
    'Host',
    'host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'Proxy-Connection',
    'proxy-anything',
    'TE',
    'Trailer',
    'Upgrade',
    'HTTP2-Settings',
    'Expect',
    'Accept-Encoding',
    'X-Keywright-Request-Id',
  ])('is refused when the configuration is read: %s', (name) => {
    expect(() => make(name, '{github}')).toThrow(UsageError);
  });

  it.each(['X-Host', 'Hosts', 'X-Proxy-Authorization', 'Ted', 'Authorization', 'X-Keywright'])('is not %s', (name) => {
    expect(make(name, '{github}').place).toBe(`header ${name.toLowerCase()}`);
  });

  it.each([[''], ['a b'], ['a:b'], ['a\r\nb'], ['ä'], [':authority']])('is no field name: %j', (name) => {
    expect(z.strictObject(headerPlace.options).safeParse({ name, template: '{github}' }).success).toBe(false);
  });
});

describe('a template that no header can have', () => {
  it.each([
    ['no secret', 'Bearer token'],
    ['a brace', 'Bearer {github'],
    ['a line end', 'Bearer\r\nx: {github}'],
    ['a NUL', 'Bearer\0{github}'],
    ['a letter beyond ASCII', 'Schlüssel {github}'],
    ['a leading space', ' {github}'],
    ['a trailing space', '{github} '],
  ])('is refused when the configuration is read: %s', (_, template) => {
    expect(() => make('authorization', template)).toThrow(UsageError);
  });

  it('is refused in mode substitute where a placeholder could stand for two fields', () => {
    expect(() => make('x-auth', '{jira.user}:{jira.token}', 'substitute')).toThrow(UsageError);
    expect(make('x-auth', '{jira.user}:{jira.token}', 'set').secrets).toEqual(['jira']);
  });
});

describe('a header that is set', () => {
  it('drops whatever the client sent there, in any case and number, and comes last', () => {
    const head = headWith(['Authorization', 'Bearer a', 'accept', '*/*', 'AUTHORIZATION', 'Basic b']);
    const injection = make('Authorization', 'Bearer {github}');
    expect(injection.wants(head, 'desk')).toBe(true);
    expect(injection.inject(head, 'desk', secrets)).toEqual([`Bearer ${value}`]);
    expect(head.headers.raw).toEqual(['accept', '*/*', 'authorization', `Bearer ${value}`]);
  });

  it('may hold several secrets', () => {
    const head = headWith([]);
    expect(make('x-keys', '{github};{jira}').inject(head, 'desk', secrets)).toEqual([`${value};jira-value`]);
  });

  it.each(unusableValues)('is refused for a value with %s, and the request stays as it was', (_, bad) => {
    const head = headWith(['authorization', 'Bearer a']);
    const injection = make('authorization', 'Bearer {github}');
    expect(() => injection.inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(unavailable);
    expect(head.headers.raw).toEqual(['authorization', 'Bearer a']);
  });
});

describe('a header in which a placeholder is replaced', () => {
  const injection = make('authorization', 'Bearer {github}', 'substitute');
  const injected = (...values: string[]) => {
    const head = headWith(values.flatMap((sent) => ['Authorization', sent]));
    return { rendered: injection.inject(head, 'desk', secrets), sent: head.headers.all('authorization') };
  };

  it.each([
    ['nothing', []],
    ['a token that the program obtained by itself', ['authorization', 'Bearer its-own-token']],
    ['the placeholder of another client', ['authorization', `Bearer ${placeholders.of('agents', 'github')!}`]],
    ['the placeholder for another secret', ['authorization', `Bearer ${placeholders.of('desk', 'jira')!}`]],
    ['half of the placeholder', ['authorization', `Bearer ${ours.slice(0, -1)}`]],
    ['the placeholder in another header', ['x-api-key', ours]],
    ['the placeholder in base64: that is for the place basic', ['authorization', `Basic ${base64(`x:${ours}`)}`]],
    ['the placeholder five times', ['authorization', `Bearer ${ours.repeat(5)}`]],
    ['the placeholder five times in two headers', ['authorization', ours.repeat(3), 'authorization', ours.repeat(2)]],
  ])('gets nothing for %s', (_, headers) => {
    expect(injection.wants(headWith(headers), 'desk')).toBe(false);
  });

  it('gets nothing for a client of another name', () => {
    expect(injection.wants(headWith(['authorization', ours]), 'agents')).toBe(false);
  });

  it.each([
    ['Bearer', `Bearer ${ours}`, `Bearer ${value}`],
    ['token', `token ${ours}`, `token ${value}`],
    ['no scheme', ours, value],
    ['a scheme of its own', `Token token="${ours}", x=1`, `Token token="${value}", x=1`],
    ['four times', ours.repeat(4), value.repeat(4)],
  ])('keeps what the client sent around it: %s', (_, sent, expected) => {
    expect(injection.wants(headWith(['authorization', sent]), 'desk')).toBe(true);
    expect(injected(sent)).toEqual({ rendered: [expected], sent: [expected] });
  });

  it('leaves another header of the same name as it is', () => {
    expect(injected('Bearer its-own', `Bearer ${ours}`)).toEqual({
      rendered: [`Bearer ${value}`],
      sent: ['Bearer its-own', `Bearer ${value}`],
    });
  });

  it('replaces it in each header of that name', () => {
    expect(injected(`Bearer ${ours}`, `token ${ours}`).sent).toEqual([`Bearer ${value}`, `token ${value}`]);
  });

  it.each(unusableValues)('is refused for a value with %s', (_, bad) => {
    const head = headWith(['authorization', `Bearer ${ours}`]);
    expect(() => injection.inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(unavailable);
    expect(head.headers.raw).toEqual(['authorization', `Bearer ${ours}`]);
  });

  it('tells two accounts on one host apart', () => {
    const other = make('authorization', 'Bearer {jira}', 'substitute');
    const head = headWith(['authorization', `Bearer ${placeholders.of('desk', 'jira')!}`]);
    expect([injection.wants(head, 'desk'), other.wants(head, 'desk')]).toEqual([false, true]);
  });
});

describe('a header with a value that is no secret', () => {
  const values = credentials({ jira: { user: 'bob', token: value }, github: { value } }, ['user']);
  const both = (mode: Mode) => make('x-auth', '{jira.user}:{github}', mode);

  it('has it beside a secret, and is as a whole for the scrubber', () => {
    expect(both('set').inject(headWith([]), 'desk', values)).toEqual([`bob:${value}`]);
  });

  it('is nothing for the scrubber where it alone replaces a placeholder', () => {
    const ofJira = placeholders.of('desk', 'jira')!;
    const head = headWith(['x-auth', `${ofJira}:its-own`]);
    expect(both('substitute').inject(head, 'desk', values)).toEqual([]);
    expect(head.headers.raw).toEqual(['x-auth', 'bob:its-own']);
    const whole = headWith(['x-auth', `${ofJira}:${ours}`]);
    expect(both('substitute').inject(whole, 'desk', values)).toEqual([`bob:${value}`]);
  });
});
