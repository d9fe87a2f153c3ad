import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HeaderList } from '../../src/core/header-list.js';
import { KeptStart } from '../../src/upstream/answer-start.js';

const head = new HeaderList(['a', 'b']);

describe('the beginning of an answer', () => {
  it('is its head as it came and 4 KiB of its body, whatever becomes of both', () => {
    const headers = new HeaderList(head.raw);
    const kept = new KeptStart(400, headers, undefined);
    headers.remove('a');
    const piece = Buffer.alloc(3000, 'x');
    kept.push(piece);
    piece.fill('y');
    kept.push(Buffer.alloc(3000, 'z'));
    kept.push(Buffer.alloc(3000, 'z'));
    expect(kept.start).toEqual({ status: 400, headers: head, body: Buffer.from('x'.repeat(3000) + 'z'.repeat(1096)) });
  });

  it('is out of its coding, as far as it can be read', () => {
    const text = Array.from({ length: 3000 }, (_, i) => String(i * 7919)).join();
    for (const [coding, coded] of [
      ['gzip', gzipSync(text)],
      ['br', brotliCompressSync(text)],
    ] as const) {
      const kept = new KeptStart(400, head, coding);
      kept.push(coded);
      const { body } = kept.start;
      expect(body.length).toBeGreaterThan(1000);
      expect(text.startsWith(body.toString())).toBe(true);
    }
  });

  it('is empty where it is not in that coding, or expands beyond all measure', () => {
    for (const body of [Buffer.from('no gzip'), gzipSync(Buffer.alloc(3_000_000))]) {
      const kept = new KeptStart(400, head, 'gzip');
      kept.push(body);
      expect(kept.start.body).toHaveLength(0);
    }
  });
});
