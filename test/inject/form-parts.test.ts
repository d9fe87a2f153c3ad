import { describe, expect, it } from '@jest/globals';
import { partField, withPart } from '../../src/inject/form-parts.js';

const field = (name: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;

describe('a form of parts', () => {
  it('gains a part at its end, whatever it holds', () => {
    expect(withPart(`${field('a', '\r\n')}--b--`, 'b', 't', 'v')).toBe(`${field('a', '\r\n')}${field('t', 'v')}--b--`);
    expect(withPart(`${field('t', '1')}--b--\r\n`, 'b', 't', 'v')).toBe(`${field('t', 'v')}--b--\r\n`);
    const wide = Buffer.from(`${field('é', 'ü')}--b--`).toString('latin1');
    expect(withPart(`${field('a', '')}--b--`, 'b', 'é', 'ü')).toBe(`${field('a', '')}${wide}`);
    expect(withPart('', 'b', 't', 'v')).toBeUndefined();
  });

  it('has the content of one field rewritten where that is one line', () => {
    const shout = (text: string): string => text.toUpperCase();
    const form = `${field('t', 'a')}${field('t', 'a\nb')}${field('T', 'a')}${field('t', 'b')}--b--`;
    expect(partField(form, 'b', 't', shout)).toBe(
      `${field('t', 'A')}${field('t', 'a\nb')}${field('T', 'a')}${field('t', 'B')}--b--`,
    );
    expect(partField('t', 'b', 't', shout)).toBe('t');
  });

  it.each([
    'token',
    'Token',
    'tok\\en',
    't%6fken',
    '%u0074oken',
    ' token ',
    'token[]',
    'token]',
    '=token',
    'token\\"x',
    "'token'",
    '<token>',
    'token%00x',
  ])('loses a part that is called %j', (name) => {
    expect(withPart(`${field('a', '')}${field(name, 'own')}--b--`, 'b', 'token', 'v')).toBe(
      `${field('a', '')}${field('token', 'v')}--b--`,
    );
  });

  it('keeps parts in which the name stands elsewhere', () => {
    const file = field('file"; filename="tokens.csv', 'a,b');
    const other = field('tokens', 'a').replace('\r\n\r\n', '\r\nContent-Type: text/token\r\n\r\n');
    expect(withPart(`${file}${other}--b--`, 'b', 'token', 'v')).toBe(`${file}${other}${field('token', 'v')}--b--`);
  });

  it.each([
    ['may be called so in another spelling', `a"; name*=utf-8''token; size="1`],
    ['is a file of that name', 'token"; filename="x'],
    ['is a file of that name in a spelling', 't%6fken"; filename="x'],
    ['has two names', 'a"; name="token'],
    ['has one that nobody writes so', '=?utf-8?q?token?='],
  ])('has no place where a part %s', (_, name) => {
    expect(withPart(`${field('a', '')}${field(name, '')}--b--`, 'b', 'token', 'v')).toBeUndefined();
  });

  it('is not rewritten in a file or in what is coded', () => {
    const coded = field('t', 'a').replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n');
    const form = `${field('t"; filename="x', 'a')}${coded}--b--`;
    expect(partField(form, 'b', 't', () => 'x')).toBe(form);
  });
});
