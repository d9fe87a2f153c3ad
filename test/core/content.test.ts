import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Content, describeContent } from '../../src/core/content.js';
import { HeaderList } from '../../src/core/header-list.js';

const text = Buffer.from('{"a":"b"}');
const limit = 1000;

describe('a body that cannot be read', () => {
  it.each([
    ['in a coding nobody knows', text, 'zstd'],
    ['in two codings', gzipSync(gzipSync(text)), 'gzip, gzip'],
    ['that is not in its coding', text, 'gzip'],
    ['that is cut off', gzipSync(text).subarray(0, -3), 'gzip'],
    ['in deflate without its frame', deflateRawSync(text), 'deflate'],
  ])('%s is refused, and looked into as it is', (_, wire, coding) => {
    const content = new Content(wire, coding, limit);
    for (let time = 0; time < 2; time += 1) {
      expect(() => content.plain).toThrow(expect.objectContaining({ code: 'body_coding', status: 415 }));
      expect(content.legible).toBe(wire);
    }
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(limit + 1))],
    ['deflate', deflateSync(Buffer.alloc(limit + 1))],
    ['br', brotliCompressSync(Buffer.alloc(limit + 1))],
    ['gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024))],
  ])('in %s is no larger than it may be', (coding, wire) => {
    const content = new Content(wire, coding, limit);
    expect(() => content.plain).toThrow(expect.objectContaining({ code: 'body_too_large', status: 413 }));
    expect(content.legible).toBe(wire);
  });

  it('says nothing of what was read', () => {
    try {
      expect(new Content(Buffer.from('s3cr3t'), 'gzip', limit).plain).toBeUndefined();
    } catch (error) {
      expect((error as Error).cause).toBeUndefined();
    }
  });
});

describe('a body', () => {
  it.each([
    ['', text],
    [' Identity ', text],
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('in the coding %j is read out of it, to the limit', (coding, wire) => {
    const content = new Content(wire, coding, text.length);
    expect(content.plain).toEqual(text);
    expect(content.legible).toBe(content.plain);
    expect(content).toMatchObject({ wire, changed: false });
  });

  it('that is changed leaves its coding', () => {
    const changed = new Content(gzipSync(text), 'gzip', limit).with(Buffer.from('other'));
    expect(changed.changed).toBe(true);
    expect(changed.wire.toString()).toBe('other');
    expect(changed.plain).toBe(changed.wire);
  });
});

describe('what the header section says of a body', () => {
  const fields = [
    'Content-Length',
    '9',
    'X',
    '1',
    'Content-Encoding',
    'gzip',
    'Content-Digest',
    'd',
    'content-md5',
    'm',
  ];

  it('stays as it was where the body did', () => {
    const headers = new HeaderList(fields);
    describeContent(headers, new Content(text, 'gzip', limit));
    expect(headers.raw).toEqual(fields);
  });

  it('gains a length where it had none', () => {
    const headers = new HeaderList(['Digest', 'd']);
    describeContent(headers, new Content(text, '', limit));
    expect(headers.raw).toEqual(['Digest', 'd', 'content-length', '9']);
  });

  it('loses coding and digests where the body is another', () => {
    const headers = new HeaderList([...fields, 'Digest', 'd', 'Repr-Digest', 'r', 'Want-Digest', 'w']);
    describeContent(headers, new Content(text, 'gzip', limit).with(Buffer.from('0123456789')));
    expect(headers.raw).toEqual(['X', '1', 'Want-Digest', 'w', 'content-length', '10']);
  });
});
