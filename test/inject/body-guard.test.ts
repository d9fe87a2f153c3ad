import { createCipheriv } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HeaderList } from '../../src/core/header-list.js';
import { BodyGuard, guardBody, guardMessages } from '../../src/inject/body-guard.js';
import { reveal } from '../../src/secrets/seal.js';
import { fillShape, parseShape } from '../../src/inject/shape.js';
import { wsPlace } from '../../src/inject/ws.js';
import { base64, credentials, generatedSecret, somePlaceholders } from './credentials.js';
import { percentEncoded, shapes, spelling } from './spellings.js';

const id = 'c0ffee0123456789abcdef99';
const core = `0dec0de5${id}`;
const MiB = 1024 * 1024;

/** Bytes without a pattern, the same in every run. */
function noise(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(length));
}

function escaped(text: string, escape: (hex: string) => string): string {
  return Array.from(text, (one) => escape(one.charCodeAt(0).toString(16))).join('');
}

/** Whether it was found, and in which push. */
function foundAt(guard: BodyGuard, chunks: readonly Buffer[]): number {
  return chunks.findIndex((chunk) => guard.push(chunk));
}

describe('a placeholder in a body', () => {
  const spelled: readonly (readonly [string, string])[] = [
    ['as it is', core],
    ['as a UUID', fillShape(parseShape('<uuid>'), core)],
    ['in base64', base64(`{"key":"${core}"}`)],
    ['in base64, a byte further', base64(`{"key": "${core}"}`)],
    ['in base64, two bytes further', base64(`{"key" : "${core}"}`)],
    ['percent-encoded', percentEncoded(core, [1])],
    ['percent-encoded in part', percentEncoded(core, [0, 2, 0, 0, 1])],
    ['in the escapes of JSON', escaped(core, (hex) => `\\u00${hex}`)],
    ['in the escapes of JSON in part', core.replace('0dec', '0\\u0064ec').replace('99', '9\\u0039')],
    ['in references to characters', escaped(core, (hex) => `&#x00${hex};`)],
    ['in references of another kind', escaped(core, (hex) => `&#${parseInt(hex, 16)};`)],
    ['in base64 in escapes', escaped(base64(`x${core}`), (hex) => `\\u00${hex}`)],
    ['in percent-encoded base64', percentEncoded(base64(`xy${fillShape(parseShape('<uuid>'), core)}`), [2])],
  ];

  it.each(spelled)('is found at every split into two, where it ends: %s', (_, text) => {
    const body = Buffer.from(`{"a":"b","key":"${text}","c":"d"}`);
    for (let at = 0; at <= body.length; at += 1) {
      const guard = new BodyGuard();
      const found = [guard.push(body.subarray(0, at)), guard.push(body.subarray(at))];
      expect(found).toContain(true);
    }
  });

  it.each(spelled)('is found byte by byte: %s', (_, text) => {
    const bytes = Array.from(Buffer.from(`x=${text}&y=z`), (byte) => Buffer.from([byte]));
    const at = foundAt(new BodyGuard(), bytes);
    expect(at).toBeGreaterThan(30);
    expect(at).toBeLessThan(bytes.length);
  });

  it('is found in any shape and spelling, at any splits, among any bytes', () => {
    const around = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array));
    const cuts = fc.array(fc.nat({ max: 1500 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...shapes), spelling, around, around, cuts, (shape, spell, before, after, at) => {
        const text = Buffer.from(` ${spell(fillShape(parseShape(shape), core))} `, 'latin1');
        const body = Buffer.concat([before, text, after]);
        const edges = [0, ...at.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length];
        const chunks = edges.slice(1).map((end, i) => body.subarray(edges[i], end));
        expect(foundAt(new BodyGuard((found) => found === id), chunks)).not.toBe(-1);
      }),
      { numRuns: 500 },
    );
  });

  it('is found at the far end of a large chunk and at the near end of the next', () => {
    const before = noise(MiB);
    for (const cut of [1, 8, 9, 31]) {
      const chunks = [
        Buffer.concat([before, Buffer.from(core.slice(0, cut))]),
        Buffer.concat([Buffer.from(core.slice(cut)), before]),
      ];
      expect(foundAt(new BodyGuard(), chunks)).toBe(1);
    }
  });

  it('is let through where it is nobody’s', () => {
    const known = new BodyGuard((found) => found === id);
    expect(known.push(Buffer.from(core.replace('c0ffee', 'decade')))).toBe(false);
    expect(known.push(Buffer.from(core))).toBe(true);
  });
});

describe('a body without a placeholder', () => {
  const bytes = noise(50 * MiB);

  it.each([
    ['random bytes', () => bytes],
    ['hexadecimal', () => Buffer.from(bytes.subarray(0, 25 * MiB).toString('hex'))],
    ['base64', () => Buffer.from(bytes.subarray(0, 37 * MiB).toString('base64'))],
  ])('is clean: 50 MiB of %s', (_, make) => {
    const body = make();
    const guard = new BodyGuard();
    let found = 0;
    for (let at = 0; at < body.length; at += 65_536) if (guard.push(body.subarray(at, at + 65_536))) found += 1;
    expect(body.length).toBeGreaterThan(49 * MiB);
    expect(found).toBe(0);
  });
});

describe('a guarded body', () => {
  it('comes through as it is', async () => {
    const sent = noise(3 * MiB);
    const chunks = [sent.subarray(0, 1), sent.subarray(1, 70_000), sent.subarray(70_000)];
    expect((await buffer(guardBody(Readable.from(chunks)))).equals(sent)).toBe(true);
  });

  it('ends before the chunk that completes a placeholder goes on', async () => {
    const body = new PassThrough();
    const guarded = guardBody(body);
    const passed: string[] = [];
    guarded.on('data', (chunk: Buffer) => passed.push(chunk.toString()));
    const failed = new Promise((resolve) => guarded.once('error', resolve));
    body.write('{"key":"');
    body.write(core.slice(0, 10));
    body.write(`${core.slice(10)}"`);
    body.write('never');
    expect(await failed).toMatchObject({ code: 'placeholder_misplaced', status: 403 });
    expect(passed.join('')).toBe(`{"key":"${core.slice(0, 10)}`);
    expect(body.destroyed).toBe(false);
  });

  it.each([
    ['as a value', ['X-A', core]],
    ['as a name', [core, 'a']],
    ['in base64', ['X-A', Buffer.from(core).toString('base64')]],
    ['whoever made it', ['X-B', '', 'X-A', `a ${core} b`]],
  ])('does not end well with a placeholder in its trailers: %s', async (_, raw) => {
    const trailers = new HeaderList();
    const body = new PassThrough();
    const guarded = guardBody(body, () => false, trailers);
    const told: string[] = [];
    guarded.on('data', (chunk: Buffer) => told.push(chunk.toString())).on('end', () => told.push('end'));
    const failed = new Promise((resolve) => guarded.once('error', resolve));
    body.write('all of it');
    trailers.raw.push(...raw);
    body.end();
    expect(await failed).toMatchObject({ code: 'placeholder_misplaced', status: 403 });
    expect(told).toEqual(['all of it']);
  });

  it('ends well with other trailers', async () => {
    const trailers = new HeaderList(['X-A', 'b', 'X-B', core.slice(0, -1)]);
    expect((await buffer(guardBody(Readable.from([Buffer.from('a')]), undefined, trailers))).toString()).toBe('a');
  });

  it('lets through what is nobody’s', async () => {
    const sent = Buffer.from(`{"key":"${core}"}`);
    expect((await buffer(guardBody(Readable.from([sent]), () => false))).equals(sent)).toBe(true);
  });

  it('fails as the body does', async () => {
    const body = new PassThrough();
    const guarded = guardBody(body);
    const failed = new Promise((resolve) => guarded.once('error', resolve));
    const failure = new Error('reset');
    body.destroy(failure);
    expect(await failed).toBe(failure);
  });

  it.each([new Error('reset'), undefined])('fails where the body has failed before (%s)', async (failure) => {
    const body = new PassThrough();
    body.on('error', () => undefined).destroy(failure);
    await new Promise((resolve) => setImmediate(resolve));
    const guarded = guardBody(body);
    expect([guarded.destroyed, guarded.errored]).toEqual([true, failure ?? null]);
  });

  it('does not end well where the body was cut off', async () => {
    const body = new PassThrough();
    const guarded = guardBody(body).resume();
    const ended: string[] = [];
    guarded.once('end', () => ended.push('end'));
    const closed = new Promise((resolve) => guarded.once('close', resolve));
    body.write('half');
    body.destroy();
    await closed;
    expect(ended).toEqual([]);
  });
});

describe('a message on a WebSocket', () => {
  const placeholders = somePlaceholders();
  const [ours = '', jira = ''] = [placeholders.of('desk', 'github'), placeholders.of('desk', 'jira')];
  const values = credentials({ github: { value: generatedSecret() }, jira: { value: generatedSecret() } });
  const place = (pointer: string, template: string) =>
    wsPlace.make({ pointer, template }, { mode: 'substitute', placeholders });
  const guard = guardMessages([place('/a', '{github}'), place('/b', '{jira}')], 'desk', values, placeholders);
  const misplaced = expect.objectContaining({ code: 'placeholder_misplaced' });

  it.each([
    ['is no message of this place', { c: ours }, false],
    ['belongs at another one', { a: jira }, false],
    ['stands at its own, and another where it does not belong', { a: ours, c: jira }, false],
    ['stands at its own, and in base64 beside it', { a: `${ours} ${base64(ours)}` }, false],
    ['is of another client', { a: placeholders.of('agents', 'github') }, false],
    ['is in binary', { a: ours }, true],
  ])('is stopped where a placeholder %s', (_, message, binary) => {
    expect(() => guard(Buffer.from(JSON.stringify(message)), binary)).toThrow(misplaced);
  });

  it('gets each secret at its place, and is not touched where there is nothing to do', () => {
    const filled = JSON.parse(guard(Buffer.from(JSON.stringify({ a: ours, b: jira })), false).toString()) as unknown;
    const value = (name: string): string | undefined => values.get(name) && reveal(values.get(name)!.field('value'));
    expect(filled).toEqual({ a: value('github'), b: value('jira') });
    const clean = Buffer.from(`{"a":"${core}"}`);
    expect(guard(clean, false)).toBe(clean);
  });

  it('is stopped by any placeholder where no place is for messages', () => {
    const without = guardMessages([], 'desk', new Map(), placeholders);
    expect(() => without(Buffer.from(`{"a":"${ours}"}`), false)).toThrow(misplaced);
  });
});
