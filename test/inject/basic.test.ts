import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { basicPlace } from '../../src/inject/basic.js';
import type { Mode } from '../../src/inject/index.js';
import { base64, credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';
import { unusableValues } from './unusable.js';

const value = generatedSecret();
const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const secrets = credentials({
  github: { value },
  jira: { user: 'someone@example.com', token: 'jira-token' },
});
const make = (username: string, password: string, mode: Mode = 'set') =>
  basicPlace.make({ username, password }, { mode, placeholders });
const unavailable = expect.objectContaining({ code: 'secret_unavailable' });
const decoded = (header: string | undefined): string => {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header ?? '') ?? [];
  return Buffer.from(encoded, 'base64').toString('utf8');
};

describe('a user name and password that cannot be', () => {
  it.each([
    ['no secret', 'user', 'password'],
    ['a brace', '{github', ''],
    ['a colon in the user name', 'a:{github}', ''],
    ['a line end in the user name', 'a\n{github}', ''],
    ['a NUL in the password', 'a', '\0{github}'],
  ])('are refused when the configuration is read: %s', (_, username, password) => {
    expect(() => make(username, password)).toThrow(UsageError);
  });

  it('are refused in mode substitute where a placeholder could stand for two fields of one part', () => {
    expect(() => make('{jira.user}{jira.token}', '', 'substitute')).toThrow(UsageError);
    expect(() => make('', '{jira.user}{jira.token}', 'substitute')).toThrow(UsageError);
    expect(make('{jira.user}', '{jira.token}', 'substitute').secrets).toEqual(['jira']);
  });
});

describe('a user name and password that are set', () => {
  it('drop whatever the client sent', () => {
    const head = headWith(['Authorization', 'Bearer a', 'x', 'y', 'authorization', 'b']);
    const injection = make('x-access-token', '{github}');
    expect(injection.wants(head, 'desk')).toBe(true);
    const [encoded] = injection.inject(head, 'desk', secrets);
    expect(encoded).toBe(base64(`x-access-token:${value}`));
    expect(head.headers.raw).toEqual(['x', 'y', 'authorization', `Basic ${encoded}`]);
  });

  it.each([
    ['both from one secret', '{jira.user}', '{jira.token}', 'someone@example.com:jira-token'],
    ['a secret as the user name, as Stripe has it', '{github}', '', `${value}:`],
    ['an addition to a field', '{jira.user}/token', '{jira.token}', 'someone@example.com/token:jira-token'],
    ['letters beyond ASCII in the configuration (UTF-8)', 'jörg', 'ß{github}', `jörg:ß${value}`],
    ['a colon in the password', 'a', 'b:{github}', `a:b:${value}`],
  ])('%s', (_, username, password, expected) => {
    const head = headWith([]);
    make(username, password).inject(head, 'desk', secrets);
    expect(decoded(head.headers.first('authorization'))).toBe(expected);
  });

  it.each(unusableValues)('are refused for a value with %s, in either part', (_, bad) => {
    const head = headWith(['authorization', 'Bearer a']);
    for (const injection of [make('{github}', ''), make('a', '{github}')]) {
      expect(() => injection.inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(unavailable);
    }
    expect(head.headers.raw).toEqual(['authorization', 'Bearer a']);
  });

  it('are refused for a value with a colon in the user name, which would end there', () => {
    const colon = credentials({ github: { value: 'user:password' } });
    expect(() => make('{github}', '').inject(headWith([]), 'desk', colon)).toThrow(unavailable);
    expect(() => make('a', '{github}').inject(headWith([]), 'desk', colon)).not.toThrow();
  });
});

describe('a user name and password in which a placeholder is replaced', () => {
  const injection = make('x-access-token', '{github}', 'substitute');
  const basic = (userinfo: string): string => `Basic ${base64(userinfo)}`;
  const injected = (...sent: string[]): string[] => {
    const head = headWith(sent.flatMap((header) => ['Authorization', header]));
    injection.inject(head, 'desk', secrets);
    return head.headers.all('authorization');
  };

  it.each([
    ['nothing', []],
    ['another password', ['authorization', basic('x:its-own')]],
    ['the placeholder in another scheme: that is for the place header', ['authorization', `Bearer ${ours}`]],
    ['the placeholder raw', ['authorization', `Basic ${ours}`]],
    ['the placeholder of another client', ['authorization', basic(`x:${placeholders.of('agents', 'github')!}`)]],
    ['the placeholder for another secret', ['authorization', basic(`x:${placeholders.of('desk', 'slack')!}`)]],
    ['the placeholder in another header', ['x-authorization', basic(`x:${ours}`)]],
    ['the placeholder in base64 twice over', ['authorization', basic(base64(`x:${ours}`))]],
    ['the placeholder five times', ['authorization', basic(`x:${ours.repeat(5)}`)]],
  ])('gets nothing for %s', (_, headers) => {
    expect(injection.wants(headWith(headers), 'desk')).toBe(false);
  });

  it.each([
    ['in the password, as git sends it', `x-access-token:${ours}`, `x-access-token:${value}`],
    ['in the password with another user name', `oauth2:${ours}`, `oauth2:${value}`],
    ['in the user name', `${ours}:x-oauth-basic`, `${value}:x-oauth-basic`],
    ['in both', `${ours}:${ours}`, `${value}:${value}`],
    ['without a colon', ours, value],
    ['with text around it', `a:b${ours}c:d`, `a:b${value}c:d`],
    ['four times', `${ours.repeat(2)}:${ours.repeat(2)}`, `${value.repeat(2)}:${value.repeat(2)}`],
  ])('keeps what the client sent around it: %s', (_, userinfo, expected) => {
    expect(injection.wants(headWith(['authorization', basic(userinfo)]), 'desk')).toBe(true);
    expect(injected(basic(userinfo)).map(decoded)).toEqual([expected]);
  });

  it('keeps every byte of the client, whatever its encoding', () => {
    const bytes = Buffer.concat([Buffer.from([0x6a, 0xf6, 0x72, 0x67, 0x3a]), Buffer.from(ours)]);
    const [sent = ''] = injected(`basic ${bytes.toString('base64')}`);
    const expected = Buffer.concat([bytes.subarray(0, 5), Buffer.from(value)]);
    expect(sent).toBe(`Basic ${expected.toString('base64')}`);
  });

  it('names the new base64 for the scrubber, and leaves other headers of the name as they are', () => {
    const head = headWith(['authorization', basic('x:its-own'), 'authorization', basic(`x:${ours}`)]);
    expect(injection.inject(head, 'desk', secrets)).toEqual([base64(`x:${value}`)]);
    expect(head.headers.all('authorization')).toEqual([basic('x:its-own'), basic(`x:${value}`)]);
  });

  it('takes the field that is meant for the part where the placeholder stands', () => {
    const jira = placeholders.of('desk', 'jira')!;
    const both = make('{jira.user}', '{jira.token}', 'substitute');
    const parts = (userinfo: string): string => {
      const head = headWith(['authorization', basic(userinfo)]);
      both.inject(head, 'desk', secrets);
      return decoded(head.headers.first('authorization'));
    };
    expect(parts(`${jira}:${jira}`)).toBe('someone@example.com:jira-token');
    expect(parts(`me@example.com:${jira}`)).toBe('me@example.com:jira-token');
  });

  it('is refused for a value with a colon where the user name stands', () => {
    const colon = credentials({ github: { value: 'user:password' } });
    const inject = (userinfo: string) => () =>
      injection.inject(headWith(['authorization', basic(userinfo)]), 'desk', colon);
    expect(inject(`${ours}:x`)).toThrow(unavailable);
    expect(inject(ours)).toThrow(unavailable);
    expect(inject(`x:${ours}`)).not.toThrow();
  });

  it.each(unusableValues)('is refused for a value with %s', (_, bad) => {
    const head = headWith(['authorization', basic(`x:${ours}`)]);
    expect(() => injection.inject(head, 'desk', credentials({ github: { value: bad } }))).toThrow(unavailable);
  });
});

describe('a user name that is no secret', () => {
  const values = credentials({ jira: { user: 'bob', token: 'jira-token' } }, ['user']);
  const ofJira = placeholders.of('desk', 'jira')!;

  it.each(unusableValues)('is refused for %s like any other', (_, bad) => {
    const plain = credentials({ jira: { user: bad, token: 'jira-token' } }, ['user']);
    expect(() => make('{jira.user}', '{jira.token}').inject(headWith([]), 'desk', plain)).toThrow(unavailable);
  });

  it('may be short, and what it makes with its password is for the scrubber', () => {
    const head = headWith([]);
    const rendered = make('{jira.user}', '{jira.token}').inject(head, 'desk', values);
    expect(decoded(head.headers.first('authorization'))).toBe('bob:jira-token');
    expect(rendered).toEqual([base64('bob:jira-token')]);
  });

  it('makes nothing for the scrubber with a password of the client', () => {
    const substitute = make('{jira.user}', '{jira.token}', 'substitute');
    const head = headWith(['authorization', `Basic ${base64(`${ofJira}:x`)}`]);
    expect(substitute.inject(head, 'desk', values)).toEqual([]);
    expect(decoded(head.headers.first('authorization'))).toBe('bob:x');
    const both = headWith(['authorization', `Basic ${base64(`${ofJira}:${ofJira}`)}`]);
    expect(substitute.inject(both, 'desk', values)).toEqual([base64('bob:jira-token')]);
  });
});
