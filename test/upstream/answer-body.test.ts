import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { openAnswerBody } from '../../src/upstream/answer-body.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const needles = compileNeedles([secret], []);
const open = (status: number, asked: string, ...raw: string[]) =>
  openAnswerBody(needles, status, new HeaderList(raw), asked);

describe('the body of an answer', () => {
  it.each([
    [200, 'identity', ['Content-Encoding', 'gzip']],
    [200, 'br', ['Content-Encoding', 'gzip']],
    [206, 'gzip', ['Content-Encoding', 'gzip']],
    [206, 'gzip', ['Content-Type', 'multipart/byteranges; boundary=a']],
    [206, 'identity', ['Content-Type', 'text/plain', 'Content-Type', 'Multipart/X-Byteranges; boundary=a']],
    [200, 'gzip', ['Transfer-Encoding', 'gzip, chunked']],
  ])('is refused where it cannot be searched: %s, asked for %s, %j', (status, asked, raw) => {
    expect(() => open(status, asked, ...raw)).toThrow(new Refusal('response_coding'));
  });

  it('in no coding answers at once, masks in place, and its head never waits', () => {
    const { body, patience } = open(200, 'gzip', 'Content-Type', 'text/plain');
    expect(patience).toBe(0);
    expect(body.release()).toEqual({ bytes: Buffer.alloc(0), head: 'as-is' });
    const chunk = Buffer.from('clean.');
    expect(body.push(chunk)).toEqual({ bytes: chunk, head: 'as-is' });
    expect(body.push(Buffer.from(`${secret}.`))).toEqual({
      bytes: Buffer.from(`${'*'.repeat(secret.length)}.`),
      head: 'as-is',
    });
    expect(body.end()).toEqual({ bytes: Buffer.alloc(0), head: 'as-is' });
    expect(body.masked).toBe(1);
    body.close();
  });

  it('of a byte range is masked at its edges', () => {
    const { body } = open(206, 'identity');
    expect(body.push(Buffer.from(`${secret.slice(-9)}!`))).toMatchObject({ bytes: Buffer.from('*********!') });
  });

  it.each([
    ['text/event-stream; charset=utf-8', 0],
    ['application/x-ndjson', 0],
    ['application/grpc+proto', 0],
    ['Multipart/X-Mixed-Replace; boundary=a', 0],
    ['application/json', 100],
    ['text/html', 100],
  ])('in a coding lets the head of %s wait for so long: %s ms', (type, expected) => {
    const { body, patience } = open(200, 'gzip', 'Content-Type', type, 'Content-Encoding', 'gzip');
    expect(patience).toBe(expected);
    expect(body.push(gzipSync('x'))).toMatchObject({ head: 'hold' });
    body.close();
    body.close();
  });
});
