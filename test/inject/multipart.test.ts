import { describe, expect, it } from '@jest/globals';
import { partsOf } from '../../src/inject/multipart.js';
import { leastCpu } from '../support/cpu-time.js';

const disposition = (text: string): string => `Content-Disposition: form-data; ${text}`;
const body = (...parts: (readonly [head: string, content: string])[]): string =>
  `${parts.map(([head, content]) => `--b\r\n${head}\r\n\r\n${content}\r\n`).join('')}--b--\r\n`;
const read = (text: string) =>
  partsOf(text, 'b')?.map(({ called, start, end }) => [called?.name, text.slice(start, end)]);

describe('a form of parts', () => {
  it('is read part by part', () => {
    const text = body(
      [disposition('name="a b"'), 'x\r\ny'],
      [`X: 1\r\n${disposition('name=c')}`, ''],
      [disposition('name="d"; filename="e"'), '--c'],
    );
    expect(read(text)).toEqual([
      ['a b', 'x\r\ny'],
      ['c', ''],
      ['d', '--c'],
    ]);
    expect(read(text.slice(0, -2))).toHaveLength(3);
  });

  it('has no more than a thousand, and is read in time that grows with its length', () => {
    const many = (count: number): string =>
      body(...Array.from({ length: count }, () => [disposition('name=a'), ''] as const));
    expect(read(many(1000))).toHaveLength(1000);
    expect(read(many(1001))).toBeUndefined();
    expect(read(`--b\r\n${'\r\n--b\r\n'.repeat(500_000)}`)).toBeUndefined();
    expect(read(body([disposition('name=a'), '\r\n--c'.repeat(500_000)]))).toHaveLength(1);
  });

  it.each(['a:\r\n', `${disposition('name="')}${'\\a'.repeat(2_000_000)}"\r\n`])(
    'has no one reading where the head of a part is of mebibytes (%#)',
    (line) => {
      const lines = line.repeat(Math.ceil(4_000_000 / line.length));
      const form = body([`${lines}${disposition('name=a')}`, '']);
      expect(leastCpu(() => expect(read(form)).toBeUndefined())).toBeLessThan(80_000);
      expect(read(body([`${'a:\r\n'.repeat(10_000)}${disposition('name=a')}`, '']))).toHaveLength(1);
    },
  );

  it('has no one reading where a part begins with a delimiter', () => {
    expect(read(body([disposition('name=a'), '--b']))).toBeUndefined();
  });

  it.each(['\n', '\r', 'x\n', '\n\r', '\r\n ', '\0', 'x'])(
    'has no one reading where a delimiter stands behind %j in a part',
    (end) => {
      const own = `${end}--b\n${disposition('name="token"')}\n\nown`;
      expect(read(body([disposition('name=a'), `x${own}`]))).toBeUndefined();
      expect(read(body([disposition('name=a'), own]))).toBeUndefined();
      expect(read(body([disposition('name=a'), `x${own.replaceAll('--b', '--c')}`]))).toHaveLength(1);
    },
  );
});
