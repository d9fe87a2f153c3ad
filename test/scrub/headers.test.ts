import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { HeaderList } from '../../src/core/header-list.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { scrubHeaders, scrubText } from '../../src/scrub/headers.js';

const secret = `tok_${randomBytes(15).toString('hex')}`;
const basic = btoa(`me:${secret}`);
const needles = compileNeedles([secret], [`Bearer ${secret}`, basic]);

describe('scrubbing a header section', () => {
  it('masks values in place, keeps the others, and drops fields whose name holds a secret', () => {
    const headers = new HeaderList([
      'Date',
      'now',
      'X-Echo',
      `a ${secret} b`,
      `x-${secret}`,
      'v',
      'x-echo',
      `Basic ${basic}`,
      'Link',
      '<%20>',
    ]);
    expect(scrubHeaders(headers, needles)).toBe(3);
    expect(headers.raw).toEqual([
      'Date',
      'now',
      'X-Echo',
      `a ${'*'.repeat(secret.length)} b`,
      'x-echo',
      `Basic ${'*'.repeat(basic.length)}`,
      'Link',
      '<%20>',
    ]);
  });

  it('a clean section stays the same', () => {
    const raw = ['Content-Type', 'text/html', 'X-Latin', 'caf\xe9', 'X-Part', secret.slice(0, -1)];
    const headers = new HeaderList(raw);
    expect(scrubHeaders(headers, needles)).toBe(0);
    expect(headers.raw).toEqual(raw);
    expect(scrubHeaders(new HeaderList(), needles)).toBe(0);
  });

  it('finds nothing over the border of two fields', () => {
    const twoLines = compileNeedles(['abcdefgh\nijklmnop'], []);
    const headers = new HeaderList(['x', 'abcdefgh', 'ijklmnop', 'y']);
    expect(scrubHeaders(headers, twoLines)).toBe(0);
    expect(headers.raw).toEqual(['x', 'abcdefgh', 'ijklmnop', 'y']);
  });

  it('finds short values too, and nothing where there is nothing to look for', () => {
    const headers = new HeaderList(['x', 'pass=hunter22']);
    expect(scrubHeaders(headers, compileNeedles([], []))).toBe(0);
    expect(scrubHeaders(headers, compileNeedles(['hunter22'], []))).toBe(1);
    expect(headers.raw).toEqual(['x', 'pass=********']);
  });
});

describe('scrubbing a text', () => {
  it('masks every form of it, at the same length, and keeps Latin-1 characters', () => {
    const encoded = encodeURIComponent(secret).replace('_', '%5F');
    const { text, masked } = scrubText(`\xe9 ${encoded}=${Buffer.from(secret).toString('hex')} \xff`, needles);
    expect(text).toBe(`\xe9 ${'*'.repeat(encoded.length)}=${'*'.repeat(secret.length * 2)} \xff`);
    expect(masked).toBe(2);
  });

  it('gives a clean text back as it is', () => {
    expect(scrubText('Not Found \xe9', needles)).toEqual({ text: 'Not Found \xe9', masked: 0 });
    expect(scrubText('', needles)).toEqual({ text: '', masked: 0 });
  });
});
