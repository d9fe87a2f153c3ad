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
});
