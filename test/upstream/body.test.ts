import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { MessageWriter } from '../../src/http1/writer.js';
import { sendBody } from '../../src/upstream/body.js';

interface Sending {
  readonly body: PassThrough;
  readonly out: Writable;
  readonly stop: () => void;
  readonly told: string[];
  readonly failures: unknown[];
  sent(): string;
}

function sending(out: Writable = new PassThrough(), body = new PassThrough(), trailers = new HeaderList()): Sending {
  const told: string[] = [];
  const failures: unknown[] = [];
  let text = '';
  out.on('data', (piece: Buffer) => (text += piece.toString('latin1'))).on('error', () => undefined);
  body.on('error', () => undefined);
  const stop = sendBody(body, trailers, new MessageWriter(out, 'head ', true), out, {
    onMove: () => undefined,
    onSent: () => told.push('sent'),
    onFailure: (error) => {
      told.push('failed');
      failures.push(error);
    },
  });
  return { body, out, stop, told, failures, sent: () => text };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a request body that cannot be sent whole', () => {
  it('has no last chunk when it fails, and tells why, once', async () => {
    const one = sending();
    one.body.write('abc');
    await turn();
    const error = new Refusal('placeholder_misplaced');
    one.body.destroy(error);
    await turn();
    expect([one.sent(), one.told, one.failures]).toEqual(['head 3\r\nabc\r\n', ['failed'], [error]]);
  });

  it('has no last chunk when its caller goes away in the middle', async () => {
    const one = sending();
    one.body.write('abc');
    await turn();
    one.body.destroy();
    await turn();
    expect([one.sent(), one.told]).toEqual(['head 3\r\nabc\r\n', ['failed']]);
    expect(one.failures).toMatchObject([{ code: 'caller_gone' }]);
  });

  it.each([undefined, new Refusal('bad_framing')])('that is gone already is not begun (%s)', async (error) => {
    const body = new PassThrough();
    body.on('error', () => undefined).destroy(error);
    const one = sending(new PassThrough(), body);
    await turn();
    expect([one.sent(), one.told]).toEqual(['', ['failed']]);
    expect(one.failures).toEqual([error ?? expect.objectContaining({ code: 'caller_gone' })]);
  });

  it('waits whole for the next try when the connection is lost before any of it was read', async () => {
    const body = new PassThrough();
    const first = sending(new PassThrough(), body);
    first.out.destroy();
    await turn();
    body.write('abc');
    await turn();
    expect([body.readableDidRead, body.isPaused()]).toEqual([false, true]);
    const second = sending(new PassThrough(), body);
    body.end('def');
    await once(body, 'end');
    await turn();
    expect(second.sent().replace(/\d\r\n|\r\n/g, '')).toBe('head abcdef');
    expect([first.sent(), first.told, second.told]).toEqual(['', [], ['sent']]);
  });

  it('that was stopped is not paused again by the end of its first connection', async () => {
    const body = new PassThrough();
    const first = sending(new PassThrough(), body);
    first.stop();
    sending(new PassThrough(), body);
    first.out.destroy();
    await turn();
    expect(body.isPaused()).toBe(false);
  });
});

describe('trailers', () => {
  it('go out behind the last chunk, as they are when the body has ended', async () => {
    const trailers = new HeaderList();
    const one = sending(new PassThrough(), new PassThrough(), trailers);
    one.body.once('end', () => void trailers.raw.push('X-A', 'b'));
    one.body.end('abc');
    await once(one.body, 'close');
    // Whoever listened first filled them first: here that was the sender.
    expect(one.sent()).toBe('head 3\r\nabc\r\n0\r\n\r\n');
    const other = new PassThrough();
    other.once('end', () => void trailers.raw.push('X-C', 'd'));
    const two = sending(new PassThrough(), other, trailers);
    other.end('abc');
    await once(other, 'close');
    expect(two.sent()).toBe('head 3\r\nabc\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n');
  });

  it('that would end a line early fail the request, and its body has no end', async () => {
    const one = sending(new PassThrough(), new PassThrough(), new HeaderList(['X-A', 'b\r\nX-C: d']));
    one.body.end('abc');
    await once(one.body, 'close');
    expect([one.sent(), one.told]).toEqual(['head 3\r\nabc\r\n', ['failed']]);
    expect(one.failures).toMatchObject([{ name: 'TypeError' }]);
  });
});

describe('a request body', () => {
  it('lets the head go before it comes', async () => {
    const one = sending();
    await turn();
    expect(one.sent()).toBe('head ');
  });

  it('is held back by a destination that reads slowly, and goes on when it reads', async () => {
    let read: () => void = () => undefined;
    const out = new Writable({ highWaterMark: 1, write: (_, __, done) => void (read = done) });
    const one = sending(out);
    one.body.write('abc');
    await turn();
    expect(one.body.isPaused()).toBe(true);
    read();
    await turn();
    expect(one.body.isPaused()).toBe(false);
  });

  it('leaves no listener behind', async () => {
    const out = new PassThrough();
    const body = Readable.from([Buffer.from('a'), Buffer.from('b')]);
    const before = out.eventNames().map((name) => [name, out.listenerCount(name)]);
    await new Promise<void>((resolve, reject) => {
      sendBody(body, new HeaderList(), new MessageWriter(out, '', false), out, {
        onMove: () => undefined,
        onSent: resolve,
        onFailure: reject,
      });
    });
    expect(out.eventNames().map((name) => [name, out.listenerCount(name)])).toEqual(before);
    expect(body.listenerCount('data')).toBe(0);
  });
});
