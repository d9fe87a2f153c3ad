import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, jest } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { defaultLimits } from '../../src/core/limits.js';
import type { Draft } from '../../src/core/message.js';
import { Refusal } from '../../src/core/refusal.js';
import type { Injection } from '../../src/inject/index.js';
import { fromBeginning } from '../../src/proxy/begun-body.js';
import type { CallerRequest } from '../../src/proxy/caller-request.js';
import { HeldBytes } from '../../src/proxy/held-bytes.js';
import { giveBack, holdContent } from '../../src/proxy/held-content.js';
import { heapInUse } from '../support/heap.js';

const mebibyte = 1024 * 1024;
const place = (mode: Injection['mode'], holds: Injection['holds'], more: Partial<Injection> = {}): Injection => {
  const none = { place: '', fields: [], secrets: [], wants: () => true, inject: () => [] };
  return { ...none, mode, ...(holds === undefined ? {} : { holds }), ...more };
};
const all = place('set', () => true);

interface Held {
  readonly draft: Draft;
  readonly request: CallerRequest;
  readonly invite: () => void;
  readonly heldBytes: HeldBytes;
  readonly done: Promise<void> | undefined;
}

function hold(
  body: Readable | undefined,
  {
    plan = [all],
    heldBody = 100,
    heldBodies = 1000,
    length,
    headers = [] as string[],
  }: {
    plan?: readonly Injection[];
    heldBody?: number;
    heldBodies?: number;
    length?: number;
    headers?: string[];
  } = {},
): Held {
  const draft: Draft = { method: 'POST', path: '/', headers: new HeaderList(headers) };
  const framing = length === undefined ? { kind: 'chunked' as const } : { kind: 'length' as const, length };
  const request: CallerRequest = { ...draft, url: '/', version: '1.1', framing, body, trailers: new HeaderList() };
  const invite = jest.fn<() => void>();
  const heldBytes = new HeldBytes(heldBodies);
  const services = { limits: { ...defaultLimits, heldBody }, heldBytes };
  const grant = { plan, caller: { client: 'desk' } };
  const held = { draft, request, invite, heldBytes };
  try {
    return { ...held, done: holdContent(services, grant, draft, request, { invite }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...held, done: Promise.reject(error) };
  }
}

const pieces = (...lengths: number[]): Readable => Readable.from(lengths.map((length) => Buffer.alloc(length, 'x')));
const tooLarge = expect.objectContaining({ code: 'body_too_large' });

describe('a body that nobody has to see', () => {
  it.each<[string, Readable | undefined, readonly Injection[]]>([
    ['that is none', undefined, [all]],
    ['without an injection', pieces(5), []],
    ['without one that asks for it', pieces(5), [place('set', undefined), place('set', () => false)]],
  ])('%s is not waited for', (_, body, plan) => {
    const { done, draft, request, invite } = hold(body, { plan });
    expect([done, draft.content, request.held, body?.readableDidRead ?? false]).toEqual([
      undefined,
      undefined,
      undefined,
      false,
    ]);
    expect(invite).not.toHaveBeenCalled();
  });

  it('is not refused for being large where only a placeholder would be replaced: it streams by', () => {
    const body = pieces(5);
    expect(hold(body, { plan: [place('substitute', () => true)], length: 101 }).done).toBeUndefined();
    expect(body.readableDidRead).toBe(false);
  });
});

describe('a body over the limit', () => {
  it.each([
    ['of which a place is set', [all, place('substitute', () => true)]],
    ['that is signed', [place('substitute', () => true, { sign: () => ({ rendered: [] }) })]],
  ])('%s is refused before a byte of it is read or asked for, where it says so', async (_, plan) => {
    const body = pieces(5);
    const { done, invite } = hold(body, { plan, length: 101 });
    await expect(done).rejects.toEqual(tooLarge);
    expect(invite).not.toHaveBeenCalled();
    expect(body.readableDidRead).toBe(false);
  });

  it('is refused while it is read where it does not', async () => {
    const { done, draft } = hold(pieces(60, 40, 1));
    await expect(done).rejects.toEqual(tooLarge);
    expect(draft.content).toBeUndefined();
  });

  it('is refused out of its coding where somebody looks', async () => {
    const { done, draft } = hold(Readable.from([gzipSync(Buffer.alloc(101))]), {
      headers: ['Content-Encoding', 'gzip'],
    });
    await done;
    expect(() => draft.content?.plain).toThrow(tooLarge);
  });
});

describe('a body that does not fit, and that nobody needs', () => {
  const plan = [place('substitute', () => true)];

  it.each<[string, number[], { heldBody?: number; heldBodies?: number; length?: number }]>([
    ['over the limit', [60, 40, 1, 5], {}],
    ['over the limit in its first piece', [101, 5], {}],
    ['over the limit in its last piece', [60, 41], {}],
    ['where there is no memory for it', [40, 30, 30], { heldBodies: 120 }],
    ['where there is no memory at all', [40, 30], { heldBodies: 0 }],
    ['of a known length, where there is no memory for it', [40, 30], { heldBodies: 120, length: 70 }],
  ])('streams by from its beginning: %s', async (_, lengths, options) => {
    const body = pieces(...lengths);
    const { done, draft, request, heldBytes } = hold(body, { plan, ...options });
    await done;
    expect([draft.content, body.destroyed && !body.readableEnded]).toEqual([undefined, false]);
    expect(request.held?.bytes).toBeLessThanOrEqual(100);
    const whole = fromBeginning(request.begun ?? [], body, () => giveBack({ heldBytes }, request.held));
    expect((await buffer(whole)).toString()).toBe('x'.repeat(lengths.reduce((sum, length) => sum + length)));
    expect(request.held?.bytes).toBe(0);
  });

  it('streams by as it is where there is no memory for what it is out of its coding', async () => {
    const wire = gzipSync(Buffer.alloc(90));
    const options = {
      plan,
      heldBodies: 2 * wire.length + 20,
      headers: ['content-encoding', 'gzip'],
      length: wire.length,
    };
    const { done, draft, request } = hold(Readable.from([wire]), options);
    await done;
    expect([draft.content, request.begun]).toEqual([undefined, [wire]]);
  });

  it('fails with its caller', async () => {
    const body = new Readable({ read: () => undefined });
    const { done } = hold(body, { plan });
    setImmediate(() => body.destroy(new Refusal('caller_gone')));
    await expect(done).rejects.toEqual(expect.objectContaining({ code: 'caller_gone' }));
  });
});

describe('a body to the limit', () => {
  it.each([
    ['in chunks', undefined],
    ['of a length that is known', 100],
  ])('%s is there in one piece, once it was asked for', async (_, length) => {
    const sent = Buffer.from(Array.from({ length: 100 }, (_none, index) => index));
    const body = Readable.from([0, 1, 2, 50, 99].map((from, at, list) => sent.subarray(from, list[at + 1] ?? 100)));
    const { done, draft, invite } = hold(body, length === undefined ? {} : { length });
    await done;
    expect(draft.content?.wire).toEqual(sent);
    expect(invite).toHaveBeenCalledTimes(1);
  });

  it('may be empty', async () => {
    const { done, draft } = hold(pieces(), { length: 0 });
    await done;
    expect(draft.content?.wire).toHaveLength(0);
  });

  it('is counted as it grows, and out of its coding too', async () => {
    const wire = gzipSync(Buffer.alloc(90));
    const { done, request } = hold(Readable.from([wire]), {
      headers: ['content-encoding', 'gzip'],
      length: wire.length,
    });
    await done;
    expect(request.held).toEqual({ client: 'desk', bytes: wire.length + 90 });
  });

  it('is refused where there is no memory for it, and what it took is known', async () => {
    const { done, request, heldBytes } = hold(pieces(40, 30, 30), { heldBodies: 120 });
    await expect(done).rejects.toEqual(expect.objectContaining({ code: 'overloaded' }));
    heldBytes.give('desk', request.held?.bytes ?? 0);
    heldBytes.take('desk', 60);
  });

  it('ends with its caller', async () => {
    const body = new Readable({ read: () => undefined });
    const { done, request } = hold(body);
    body.push(Buffer.alloc(40));
    setImmediate(() => body.destroy(new Refusal('caller_gone')));
    await expect(done).rejects.toEqual(expect.objectContaining({ code: 'caller_gone' }));
    expect(request.held?.bytes).toBe(100);
  });

  it('takes no more memory in pieces of one byte', async () => {
    const before = heapInUse();
    const one = Buffer.from('x');
    let grown = Infinity;
    async function* trickle(): AsyncGenerator<Buffer> {
      for (let count = 0; count < mebibyte / 4; count += 1) {
        if (count % 1000 === 0) await new Promise(setImmediate);
        yield one.subarray(0);
      }
      await new Promise(setImmediate);
      grown = heapInUse() - before;
    }
    const { done, request } = hold(Readable.from(trickle()), { heldBody: mebibyte, heldBodies: 4 * mebibyte });
    await done;
    expect(request.held?.bytes).toBe(mebibyte / 4);
    expect(grown).toBeLessThan(4 * mebibyte);
  });
});
