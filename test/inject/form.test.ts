import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import type { Draft } from '../../src/core/message.js';
import { formPlace } from '../../src/inject/form.js';
import { checkRequest } from '../../src/inject/guard.js';
import type { Mode } from '../../src/inject/index.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github') ?? '';
const secret = generatedSecret();
const odd = `a+b &=;%\r\n€${secret}`;
const encodedOdd = `a%2Bb%20%26%3D%3B%25%0D%0A%E2%82%AC${secret}`;
const values = credentials({ github: { value: secret, odd, dashes: `--${secret}`, wide: `€${secret}` } });
const make = (mode: Mode, template = '{github}', field = 'token') =>
  formPlace.make({ field, template }, { mode, placeholders });
const setting = make('set');
const substituting = make('substitute');
const urlencoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';

function request(body: string | Buffer, type = urlencoded, coding = ''): Draft {
  const bytes = Buffer.from(body);
  const fields = ['Content-Length', String(bytes.length), ...(type === '' ? [] : ['Content-Type', type])];
  return { ...headWith(fields), content: new Content(bytes, coding, 100_000) };
}

/** What goes out where it fires; undefined where it does not. */
function sent(place: typeof setting, body: string | Buffer, type?: string, coding?: string): string | undefined {
  const draft = request(body, type, coding);
  if (place.holds?.(draft, 'desk') !== true || !place.wants(draft, 'desk')) return undefined;
  place.inject(draft, 'desk', values);
  return draft.content?.wire.toString();
}

function misplaced(body: string, type?: string, coding?: string): boolean {
  const draft = request(body, type, coding);
  const firing = substituting.wants(draft, 'desk') ? [substituting] : [];
  try {
    checkRequest(draft, firing, 'desk', placeholders);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'placeholder_misplaced' });
    return true;
  }
}

const part = (head: string, content: string): string => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const field = (name: string, content: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, content);
const file = part('Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: a/b', '\0\r\n--\xff');
const malformed = expect.objectContaining({ code: 'body_malformed', status: 422 });
const unavailable = expect.objectContaining({ code: 'secret_unavailable' });

describe('a place in a form that cannot be', () => {
  it.each<[string, Mode, string]>([
    ['token', 'set', 'names no secret'],
    ['{github.a} {github.b}', 'substitute', 'names each secret once'],
    ['a\r\n{github}', 'set', 'free of control characters'],
    ['--{github}', 'set', 'begins with no hyphen'],
  ])('%j in mode %s', (template, mode, why) => {
    expect(() => make(mode, template)).toThrow(why);
  });
});

describe('a form in which a field has no one place', () => {
  it.each([
    ['servers that split at ; find it in another', 'text=a;token=own'],
    ['servers that split at ; find it, escaped, in another', 'text=a;%74oken=own&x'],
    ['it is JSON', ' {"text":"&token=own&"}'],
    ['it is XML', '\ufeff<a>&token=own</a>'],
    ['it has more fields than any server reads', 'a&'.repeat(10_001)],
    ['it has more fields for servers that split at ;', ';'.repeat(10_001)],
  ])('is refused where %s', (_, body) => {
    expect(() => sent(setting, body)).toThrow(malformed);
  });

  it.each([
    ['there are no parts', ''],
    ['there is no end', field('a', '1')],
    ['something stands before it', `x\r\n${field('a', '1')}--b--`],
    ['something stands behind it', `${field('a', '1')}--b--\r\nx`],
    ['a part is not one', `--b\r\nx\r\n--b--`],
    ['lines end otherwise', field('a', '1').replaceAll('\r\n', '\n') + '--b--'],
    ['it would be a file', `${part('Content-Disposition: form-data; name="token"; filename="x"', '1')}--b--`],
    ['it has two names', `${part('Content-Disposition: form-data; name="a"; name="token"', '1')}--b--`],
    ['its name is folded', `${part('Content-Disposition: form-data;\r\n name="token"', '1')}--b--`],
  ])('is refused in parts where %s', (_, body) => {
    expect(() => sent(setting, body, multipart)).toThrow(malformed);
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    'multipart/form-data; boundary=b; boundary=c',
  ])('is refused with the boundary of %s', (type) => {
    expect(() => sent(setting, `${field('a', '1')}--b--`, type)).toThrow(malformed);
  });

  it('is refused in a charset that does not hold ASCII, or a coding nobody knows', () => {
    const coding = expect.objectContaining({ code: 'body_coding' });
    expect(() => sent(setting, 'a=b', `${urlencoded}; charset=ibm037`)).toThrow(coding);
    expect(() => sent(setting, 'a=b', urlencoded, 'zstd')).toThrow(coding);
  });

  it('is left alone there in mode substitute, as a body of any other policy, and a placeholder found in it refused', () => {
    const unread = [[`${urlencoded}; charset=ibm037`], [urlencoded, 'zstd']] as const;
    expect(unread.map((types) => sent(substituting, 'a=b', ...types))).toEqual([undefined, undefined]);
    expect(unread.map((types) => misplaced(`token=${ours}`, ...types))).toEqual([true, true]);
  });
});

describe('what is no form is left alone', () => {
  it.each(['', 'text/plain', 'application/json', 'multipart/mixed; boundary=b'])('as %j', (type) => {
    expect(sent(setting, 'token=x', type)).toBeUndefined();
    expect(sent(substituting, `token=${ours}`, type)).toBeUndefined();
    expect(misplaced(`token=${ours}`, type)).toBe(true);
  });

  it('without a body', () => {
    expect(setting.wants(headWith(['content-type', urlencoded]), 'desk')).toBe(false);
    expect(substituting.wants(headWith(['content-type', urlencoded]), 'desk')).toBe(false);
  });
});

describe('in mode set', () => {
  it.each([
    ['', `token=${secret}`],
    ['a=1&b=%zz+%20&&c', `a=1&b=%zz+%20&&c&token=${secret}`],
    ['a=1&', `a=1&token=${secret}`],
    ['token=own&a=1', `a=1&token=${secret}`],
    ['a=token=own', `a=token=own&token=${secret}`],
    [
      'token&token=&%74%4Fken=own&+token=x&token%5B%5D=x&token[a]=x&token%00b=x&TOKEN=y&tokens=1',
      `tokens=1&token=${secret}`,
    ],
    ['text=a;b', `text=a;b&token=${secret}`],
  ])('%j becomes %j', (body, becomes) => {
    expect(sent(setting, body)).toBe(becomes);
  });

  it('keeps bytes that are no UTF-8', () => {
    const draft = request(Buffer.from('a=\xff\xfe', 'latin1'));
    setting.inject(draft, 'desk', values);
    expect(draft.content?.wire).toEqual(Buffer.from(`a=\xff\xfe&token=${secret}`, 'latin1'));
  });

  it('escapes a value, and tells of both spellings', () => {
    const draft = request('');
    const place = make('set', 'x {github.odd}', 'a b');
    expect(place.inject(draft, 'desk', values)).toEqual([`x ${odd}`, `x%20${encodedOdd}`]);
    expect(draft.content?.wire.toString()).toBe(`a%20b=x%20${encodedOdd}`);
    expect(new URLSearchParams(draft.content?.wire.toString()).get('a b')).toBe(`x ${odd}`);
  });

  it('reads a form out of its coding, and leaves it out of it', () => {
    expect(sent(setting, gzipSync('a=1'), `${urlencoded};charset=UTF-8`, 'gzip')).toBe(`a=1&token=${secret}`);
  });

  it('adds a part, and takes those away that are called the same', () => {
    const body = `${field('token', 'own')}${field('Token', 'own')}${file}${field('text', 'token')}--b--\r\n`;
    expect(sent(setting, body, multipart)).toBe(`${file}${field('text', 'token')}${field('token', secret)}--b--\r\n`);
  });
});

describe('in mode substitute', () => {
  it('replaces the placeholder alone', () => {
    expect(sent(substituting, `a=%zz&token=x+${ours}%21&b`)).toBe(`a=%zz&token=x+${secret}%21&b`);
    expect(sent(substituting, `%74oken=${ours}&token=${ours}`)).toBe(`%74oken=${secret}&token=${secret}`);
    expect(sent(make('substitute', '{github.odd}'), `token=${ours}`)).toBe(`token=${encodedOdd}`);
  });

  it('knows it however a client escapes what is not a letter or digit', () => {
    const some = keyedPlaceholders(Buffer.alloc(32, 1), ['desk'], new Map([['github', 'a:b/<36 alnum>']]));
    const place = formPlace.make({ field: 'token', template: '{github}' }, { mode: 'substitute', placeholders: some });
    const own = some.of('desk', 'github') ?? '';
    for (const text of [own, encodeURIComponent(own), own.replace(':', '%3a')])
      expect(sent(place, `token=${text}`)).toBe(`token=${secret}`);
  });

  it.each([
    ['in another field', `text=${ours}`],
    ['in another field as well', `token=${ours}&text=${ours}`],
    ['in a field in another case', `Token=${ours}`],
    ['in a name', `${ours}=token`],
    ['where a server that splits at ; finds another field', `token=a;text=${ours}`],
    ['where a server that reads JSON finds another field', `{"text":"&token=${ours}&"}`],
    ['too often', `token=${ours.repeat(5)}`],
    ['with letters escaped', `token=${ours.replace('0', '%30')}`],
    ['of another client', `token=${placeholders.of('agents', 'github') ?? ''}`],
    ['for another secret', `token=${placeholders.of('desk', 'jira') ?? ''}`],
  ])('refuses one %s', (_, body) => {
    expect(misplaced(body)).toBe(true);
  });

  it('is not led on by the end of an escape', () => {
    const some = keyedPlaceholders(Buffer.alloc(32, 1), ['desk'], new Map([['github', '<40 hex>']]));
    const place = formPlace.make({ field: 'token', template: '{github}' }, { mode: 'substitute', placeholders: some });
    expect(sent(place, `token=%${some.of('desk', 'github') ?? ''}`)).toBeUndefined();
  });

  it('replaces it in a part', () => {
    expect(sent(substituting, `${file}${field('token', `x ${ours}`)}--b--`, multipart)).toBe(
      `${file}${field('token', `x ${secret}`)}--b--`,
    );
    expect(sent(make('substitute', '{github.wide}'), `${field('token', ours)}--b--`, multipart)).toBe(
      `${field('token', `€${secret}`)}--b--`,
    );
  });

  it.each([
    ['of another name', field('text', ours)],
    ['of another name as well', field('token', ours) + field('text', ours)],
    ['that is a file', part('Content-Disposition: form-data; name="token"; filename="x"', ours)],
    ['that is coded', part('Content-Disposition: form-data; name="token"\r\nContent-Transfer-Encoding: base64', ours)],
    [
      'in which some servers find another',
      field('token', `\n--b\nContent-Disposition: form-data; name="text"\n\n${ours}`),
    ],
  ])('refuses one in a part %s', (_, body) => {
    expect(misplaced(`${body}--b--`, multipart)).toBe(true);
  });

  it('refuses a value that could end its part, whatever the boundary', () => {
    for (const template of ['{github.odd}', '{github.dashes}']) {
      for (const mode of ['set', 'substitute'] as const)
        expect(() =>
          make(mode, template).inject(request(`${field('token', ours)}--b--`, multipart), 'desk', values),
        ).toThrow(unavailable);
    }
    const boundary = secret.slice(0, 8);
    const body = `${field('token', ours)}--b--`.replaceAll('--b', `--${boundary}`);
    expect(sent(substituting, body, `multipart/form-data; boundary=${boundary}`)).toBe(body.replace(ours, secret));
  });

  it('lets parts of an unknown length stream by, and all of a client without a placeholder', () => {
    const stream = headWith(['content-type', multipart]);
    expect([substituting.holds?.(stream, 'desk'), setting.holds?.(stream, 'desk')]).toEqual([false, true]);
    expect(substituting.holds?.(request('a=1'), 'nobody')).toBe(false);
  });

  it('tells what to look for', () => {
    const place = make('substitute', '{github.odd}');
    expect(place.inject(request(`token=${ours}`), 'desk', values)).toEqual([odd, encodedOdd]);
    expect(place).toMatchObject({ place: 'form token', mode: 'substitute', fields: [], secrets: ['github'] });
  });
});
