import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { MessageWriter } from '../../src/http1/writer.js';

/** Collects what goes out, write by write. */
function sink(): { out: Writable; writes: string[] } {
  const writes: string[] = [];
  const out = new Writable({
    write(piece: Buffer, _, done) {
      writes.push(piece.toString('latin1'));
      done();
    },
    writev(pieces, done) {
      writes.push(pieces.map(({ chunk }) => (chunk as Buffer).toString('latin1')).join(''));
      done();
    },
  });
  return { out, writes };
}

const head = 'HTTP/1.1 200 \xe4\r\n\r\n';

describe('the writer of a message', () => {
  it('sends the head with the first piece, and chunks with their ends, as one write each', () => {
    const { out, writes } = sink();
    const writer = new MessageWriter(out, head, true);
    writer.write(Buffer.from('abc'));
    writer.write(Buffer.from('de'));
    writer.end();
    expect(writes).toEqual([`${head}3\r\nabc\r\n`, '2\r\nde\r\n', '0\r\n\r\n']);
  });

  it('sends a body with a length as it is', () => {
    const { out, writes } = sink();
    const writer = new MessageWriter(out, head, false);
    writer.write(Buffer.from('abc'));
    writer.write(Buffer.from('de'));
    writer.end(['X', 'a']);
    expect(writes).toEqual([`${head}abc`, 'de']);
  });

  it('sends a large piece without copying it, still as one write', () => {
    const { out, writes } = sink();
    new MessageWriter(out, head, true).write(Buffer.alloc(20_000, 'a'));
    expect(writes).toEqual([`${head}4e20\r\n${'a'.repeat(20_000)}\r\n`]);
  });

  it('sends the head alone once, when it is asked to', () => {
    const { out, writes } = sink();
    const writer = new MessageWriter(out, head, false);
    writer.flush();
    writer.flush();
    writer.end();
    expect(writes).toEqual([head]);
  });

  it('ends an empty chunked body in one write, with its trailers', () => {
    const { out, writes } = sink();
    new MessageWriter(out, head, true).end(['X', 'a']);
    expect(writes).toEqual([`${head}0\r\nX: a\r\n\r\n`]);
  });

  it('never sends an empty chunk, which would be the last one', () => {
    const { out, writes } = sink();
    const writer = new MessageWriter(out, head, true);
    expect(writer.write(Buffer.alloc(0))).toBe(true);
    expect(writes).toEqual([]);
  });

  it.each([
    [10, true],
    [10, false],
    [20_000, true],
    [20_000, false],
  ])('says when the other side reads too slowly (%i bytes, chunked: %s)', (size, chunked) => {
    const slow = new Writable({ highWaterMark: 5, write: () => undefined });
    const writer = new MessageWriter(slow, head, chunked);
    expect(writer.write(Buffer.alloc(size))).toBe(false);
    expect(writer.write(Buffer.alloc(0))).toBe(false);
  });
});
