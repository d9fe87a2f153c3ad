import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytewise, cut, latin1, readAll } from './events.js';
import { answer, damaged, field, oddFraming, request } from './generated.js';
import { parseFields } from '../../src/http1/fields.js';
import { parseRequestHead } from '../../src/http1/head.js';
import { writeFields, writeHead, requestLine } from '../../src/http1/write.js';
import { referenceRequest } from './reference.js';

const runs = { numRuns: 300 };
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('the reader of messages', () => {
  it('tells of the same requests however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 4 }), places, (requests, at) => {
        const bytes = latin1(requests.map(({ text }) => text).join(''));
        const whole = readAll([bytes]);
        expect(whole.messages.map(({ body, trailers, ended }) => ({ body, trailers, ended }))).toEqual(
          requests.map(({ body, trailers }) => ({ body, trailers, ended: true })),
        );
        expect(readAll(cut(bytes, at))).toEqual(whole);
        expect(readAll(bytewise(bytes))).toEqual(whole);
      }),
      runs,
    );
  });

  it('tells of the same answers however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 4 }), places, (answers, at) => {
        const bytes = latin1(answers.map(({ text }) => text).join(''));
        const side = { answersTo: 'GET' };
        const whole = readAll([bytes], side);
        expect(whole.messages.filter(({ ended }) => ended).map(({ body }) => body)).toEqual(
          answers.map(({ body }) => body),
        );
        expect(readAll(cut(bytes, at), side)).toEqual(whole);
        expect(readAll(bytewise(bytes), side)).toEqual(whole);
      }),
      runs,
    );
  });

  it('comes to the same end with damaged messages, however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.oneof(damaged(request), oddFraming), places, (text, at) => {
        const ended = (pieces: Buffer[]): unknown => {
          const { messages, refused } = readAll(pieces, { closes: true });
          return { refused, whole: messages.filter((message) => message.ended) };
        };
        expect(ended(cut(latin1(text), at))).toEqual(ended([latin1(text)]));
        expect(ended(bytewise(latin1(text)))).toEqual(ended([latin1(text)]));
      }),
      runs,
    );
  });

  it('never reads past a message', () => {
    fc.assert(
      fc.property(request, fc.string({ minLength: 1, unit: 'binary-ascii' }), places, ({ text }, behind, at) => {
        const { messages, rest, refused } = readAll(cut(latin1(text + behind), at), { messages: 1 });
        expect({ count: messages.length, rest, refused }).toEqual({ count: 1, rest: behind, refused: false });
      }),
      runs,
    );
  });

  it('takes what a second reader takes, and nothing else', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          damaged(request),
          oddFraming,
          request.map(({ text }) => text),
        ),
        (text) => {
          const { messages, rest } = readAll([latin1(text)], { messages: 1 });
          const [first] = messages;
          const expected = referenceRequest(text);
          if (typeof expected === 'string') {
            refused += 1;
            expect(first?.ended ?? false).toBe(false);
            return;
          }
          taken += 1;
          expect(first).toMatchObject({ ended: true, body: expected.body, trailers: expected.trailers });
          expect(rest).toBe(expected.rest);
          const { headers, method, url, version } = parseRequestHead(first?.head ?? '');
          expect(`${method} ${url} HTTP/${version}`).toBe(expected.line);
          expect(headers.raw).toEqual(expected.fields);
        },
      ),
      { numRuns: 2000 },
    );
    // Else it would agree on nothing but garbage, or on nothing but the plain.
    expect(Math.min(taken, refused)).toBeGreaterThan(100);
  });
});

describe('what is written', () => {
  it('is read as what it was', () => {
    fc.assert(
      fc.property(request, ({ method, target, fields }) => {
        const text = writeHead(requestLine(method, target), fields.flat());
        expect(text.endsWith('\r\n\r\n')).toBe(true);
        const read = parseRequestHead(text.slice(0, -4));
        expect([read.method, read.url, read.version, read.headers.raw]).toEqual([method, target, '1.1', fields.flat()]);
      }),
      runs,
    );
  });

  it('of fields is read as the same fields', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        expect(parseFields(writeFields(fields.flat()), 0)).toEqual(fields.flat());
      }),
      runs,
    );
  });

  it('is one head, or is not written, whatever it is made of', () => {
    const any = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\r\nb: c', 'a\rb', 'a\nb', '', 'a b', '\0'));
    fc.assert(
      fc.property(any, any, fc.array(fc.tuple(any, any), { maxLength: 3 }), (method, target, fields) => {
        let text: string;
        try {
          text = writeHead(requestLine(method, target), fields.flat());
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(text.split('\r\n')).toHaveLength(fields.length + 3);
        expect(text).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/);
        expect(Buffer.from(text, 'latin1').toString('latin1')).toBe(text);
      }),
      runs,
    );
  });
});
