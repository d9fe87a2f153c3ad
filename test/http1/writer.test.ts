import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
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

/** The same where each write takes a turn: what is written is read at its end. */
function slowly(): { out: Writable; writes: string[] } {
  const writes: string[] = [];
  const out = new Writable({
    write(piece: Buffer, _, done) {
      setImmediate(() => {
        writes.push(piece.toString('latin1'));
        done();
      });
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

  it.each([
    ['small', 3, true],
    ['small', 3, false],
    ['as long as a TLS record', 16_384, true],
    ['as long as a TLS record', 16_384, false],
    ['longer', 60_000, true],
  ])(
    'copies a lent piece, %s (%d bytes, chunked: %s), before it returns, and frames it as any',
    async (_, size, chunked) => {
      const { out, writes } = slowly();
      const writer = new MessageWriter(out, head, chunked);
      const memory = Buffer.alloc(size);
      for (const letter of 'abcdef') {
        writer.writeLent(memory.fill(letter));
        memory.fill('!');
        if (letter > 'b') await turn();
      }
      await once(out.end(), 'finish');
      const pieces = Array.from('abcdef').map((letter) => letter.repeat(size));
      const frame = (piece: string): string => (chunked ? `${size.toString(16)}\r\n${piece}\r\n` : piece);
      expect(writes.join('') === head + pieces.map(frame).join('')).toBe(true);
    },
  );

  it('uses memory again only once what was in it has gone out', async () => {
    const going: { piece: Buffer; done: () => void }[] = [];
    const out = new Writable({ write: (piece: Buffer, _encoding, done) => void going.push({ piece, done }) });
    const writer = new MessageWriter(out, '', false);
    const send = (letter: string): boolean => writer.writeLent(Buffer.alloc(16_384, letter));
    send('a');
    send('b');
    expect(going[0]?.piece.toString()).toBe('a'.repeat(16_384));
    going[0]?.done();
    await turn();
    expect(going[1]?.piece.toString()).toBe('b'.repeat(16_384));
    send('c');
    going[1]?.done();
    await turn();
    expect(going[2]?.piece.buffer).toBe(going[0]?.piece.buffer);
    expect(going[2]?.piece.toString()).toBe('c'.repeat(16_384));
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
