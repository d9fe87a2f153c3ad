import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import type { Draft } from '../../src/core/message.js';
import { checkRequest } from '../../src/inject/guard.js';
import type { Mode } from '../../src/inject/index.js';
import { textPlace } from '../../src/inject/text.js';
import { credentials, generatedSecret, headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github') ?? '';
const secret = generatedSecret();
const fields = {
  value: secret,
  quote: `a"&<\\${secret}`,
  line: `a\n${secret}`,
  wide: `€${secret}`,
};
const values = credentials({ github: fields });
const make = (template = '{github}', mode: Mode = 'substitute') => textPlace.make({ template }, { mode, placeholders });
const place = make();

function request(text: string, type: string): Draft {
  return {
    ...headWith(type === '' ? [] : ['Content-Type', type]),
    content: new Content(Buffer.from(text), '', 10_000),
  };
}

function sent(text: string, type: string, of = place): string | undefined {
  const draft = request(text, type);
  if (of.holds?.(draft, 'desk') !== true || !of.wants(draft, 'desk')) return undefined;
  of.inject(draft, 'desk', values);
  return draft.content?.wire.toString();
}

function misplaced(text: string, type: string): boolean {
  const draft = request(text, type);
  try {
    checkRequest(draft, place.wants(draft, 'desk') ? [place] : [], 'desk', placeholders);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'placeholder_misplaced' });
    return true;
  }
}

describe('a text place that cannot be', () => {
  it.each<[string, Mode, string]>([
    ['{github}', 'set', 'needs mode: substitute'],
    ['token', 'substitute', 'names no secret'],
    ['{github.a} {github.b}', 'substitute', 'names each secret once'],
  ])('%j in mode %s', (template, mode, why) => {
    expect(() => make(template, mode)).toThrow(why);
  });
});

describe('a placeholder is refused', () => {
  it.each([
    ['in what is no text', ours, 'application/octet-stream'],
    ['in what is not said to be any', ours, ''],
    ['in parts', ours, 'multipart/form-data; boundary=b'],
    ['in a charset that does not hold ASCII', ours, 'text/plain; charset=utf-7'],
    ['too often', ours.repeat(5), 'text/plain'],
    ['in escapes of JSON', `"${ours.replace('0', '\\u0030')}"`, 'application/json'],
    ['in references of XML', `<a>${ours.replace('0', '&#x30;').replace('d', '&#100;')}</a>`, 'text/xml'],
    ['with letters percent-encoded', `a=${ours.replace('0', '%30')}`, 'application/x-www-form-urlencoded'],
    ['of another client', placeholders.of('agents', 'github') ?? '', 'text/plain'],
  ])('%s', (_, text, type) => {
    expect(misplaced(text, type)).toBe(true);
  });
});

describe('a value that cannot stand in a text', () => {
  it.each([
    ['{github.line}', ours, 'text/plain'],
    ['{github.wide}', ours, 'text/plain; charset=utf-8'],
    ['{github.wide}', `<a>${ours}</a>`, 'text/xml'],
    ['{github.wide}', `"${ours}"`, 'application/json; charset=iso-8859-1'],
    ['{github.line}', `<a>${ours}</a>`, 'application/xml'],
    ['{github.quote}', `<a><![CDATA[${ours}]]></a>`, 'application/xml'],
    ['{github.quote}', `{ a(key: "${ours}") }`, 'application/graphql'],
  ])('%s is never sent in %s as %s', (template, text, type) => {
    expect(() => sent(text, type, make(template))).toThrow(expect.objectContaining({ code: 'secret_unavailable' }));
  });
});

describe('a placeholder is replaced, and nothing else', () => {
  it.each([
    ['text/plain', `é ${ours} ${ours}`, `é ${secret} ${secret}`],
    ['TEXT/CSV; charset=iso-8859-1', `a,${ours}`, `a,${secret}`],
    ['application/graphql', `{ a(key: "${ours}") }`, `{ a(key: "${secret}") }`],
    ['application/json', `{"deep":[{"x":"${ours}"}]`, `{"deep":[{"x":"${secret}"}]`],
    ['application/soap+xml', `<a b="${ours}"/>`, `<a b="${secret}"/>`],
    ['application/x-www-form-urlencoded', `a=1&b=x${ours}`, `a=1&b=x${secret}`],
  ])('in %s', (type, text, becomes) => {
    expect(sent(text, type)).toBe(becomes);
  });

  it.each([
    ['application/json', `"${ours}"`, JSON.stringify(fields.quote)],
    ['application/xml', `<a>${ours}</a>`, `<a>a&#34;&#38;&#60;\\${secret}</a>`],
    ['application/x-www-form-urlencoded', `a=${ours}`, `a=a%22%26%3C%5C${secret}`],
    ['text/plain', ours, fields.quote],
  ])('by a value written as %s wants it', (type, text, becomes) => {
    expect(sent(text, type, make('{github.quote}'))).toBe(becomes);
  });

  it('in JSON and forms by any value', () => {
    expect(JSON.parse(sent(`"${ours}"`, 'application/json', make('{github.wide}')) ?? '')).toBe(fields.wide);
    expect(sent(`a=${ours}`, 'application/x-www-form-urlencoded', make('{github.line}'))).toBe(`a=a%0A${secret}`);
  });

  it('and both spellings are told', () => {
    const draft = request(`<a>${ours}</a>`, 'application/xml');
    expect(make('{github.quote}').inject(draft, 'desk', values)).toEqual([fields.quote, `a&#34;&#38;&#60;\\${secret}`]);
    expect(place).toMatchObject({ place: 'text', mode: 'substitute', fields: [], secrets: ['github'] });
    expect(place.holds?.(draft, 'nobody')).toBe(false);
    expect(place.wants(headWith(['content-type', 'text/plain']), 'desk')).toBe(false);
  });
});
