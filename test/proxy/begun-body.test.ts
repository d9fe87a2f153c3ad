import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, jest } from '@jest/globals';
import { guardBody } from '../../src/inject/body-guard.js';
import { fromBeginning } from '../../src/proxy/begun-body.js';

const core = `0dec0de5${'c0ffee01'.repeat(3)}`;
const bytes = (text: string): Buffer => Buffer.from(text);

describe('a body of which a part has been read', () => {
  it('is the same from its beginning', async () => {
    const whole = fromBeginning(
      [bytes('a'), bytes(''), bytes('b')],
      Readable.from([bytes('c'), bytes('d')]),
      () => undefined,
    );
    expect((await buffer(whole)).toString()).toBe('abcd');
  });

  it('may have been read to its end', async () => {
    const body = Readable.from([bytes('a')]);
    await buffer(body);
    expect((await buffer(fromBeginning([bytes('a')], body, () => undefined))).toString()).toBe('a');
  });

  it('is found a placeholder in, wherever the joint is', async () => {
    for (let at = 0; at <= core.length; at += 1) {
      const joined = fromBeginning([bytes(core.slice(0, at))], Readable.from([bytes(core.slice(at))]), () => undefined);
      await expect(buffer(guardBody(joined))).rejects.toMatchObject({ code: 'placeholder_misplaced' });
    }
  });

  it('says that its beginning is gone when that has been taken, and no sooner', async () => {
    const onGone = jest.fn<() => void>();
    const body = new PassThrough();
    const guarded = guardBody(fromBeginning([Buffer.alloc(1_000_000), bytes('x')], body, onGone));
    await once(guarded, 'readable');
    await new Promise(setImmediate);
    expect(onGone).not.toHaveBeenCalled();
    body.end('rest');
    expect(await buffer(guarded)).toHaveLength(1_000_005);
    expect(onGone).toHaveBeenCalledTimes(1);
  });

  it('fails as the body does', async () => {
    const body = new PassThrough();
    const whole = fromBeginning([bytes('a')], body, () => undefined);
    const failure = new Error('reset');
    body.destroy(failure);
    await expect(buffer(whole)).rejects.toBe(failure);
  });
});
