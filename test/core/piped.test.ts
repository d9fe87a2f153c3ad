import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { piped } from '../../src/core/piped.js';

describe('a body that goes through something', () => {
  it('comes out of it', async () => {
    expect(await text(piped(Readable.from(['a', 'b']), new PassThrough()))).toBe('ab');
  });

  it('fails as the body fails', async () => {
    const body = new PassThrough();
    const through = piped(body, new PassThrough());
    const failed = once(through, 'error');
    body.destroy(new TypeError('lost'));
    expect(await failed).toEqual([new TypeError('lost')]);
  });

  it('has ended where the body had failed before', () => {
    const body = new PassThrough().on('error', () => undefined);
    body.destroy(new TypeError('lost'));
    expect(piped(body, new PassThrough()).destroyed).toBe(true);
  });

  it('ends where the body is closed too early', async () => {
    const body = new PassThrough();
    const through = piped(body, new PassThrough());
    const closed = once(through, 'close');
    body.destroy();
    await closed;
    expect(through.readableEnded).toBe(false);
  });

  it('leaves the body unread where it fails itself', async () => {
    const body = new PassThrough();
    const through = piped(body, new PassThrough());
    const closed = new Promise((resolve) => through.once('close', resolve));
    through.destroy(new TypeError('refused'));
    await closed;
    expect(body.destroyed).toBe(false);
  });
});
