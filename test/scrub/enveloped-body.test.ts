import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { envelopeFlags, EnvelopedBody } from '../../src/scrub/enveloped-body.js';
import { compileNeedles } from '../../src/scrub/forms.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const needles = compileNeedles([secret], []);
const type = 'application/grpc';

function framed(text: string | Buffer, flags = 0): Buffer {
  const bytes = Buffer.from(text);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flags);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** The bytes in pieces of these sizes, over and over. */
function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += sizes[(cut.length - 1) % sizes.length] as number)
    cut.push(bytes.subarray(at, at + (sizes[cut.length % sizes.length] as number)));
  return cut;
}

/** A message that begins like a form and ends within an escape counts as a part of one. */
const plain = fc.string().filter((text) => !/[%&\\][\w#]*$/.test(text));

const opened = (): EnvelopedBody => new EnvelopedBody(needles, type, [0]);

describe('a body of messages', () => {
  it.each([
    ['a message that is compressed', framed('x', 1)],
    ['flags that nobody knows', framed('x', 2)],
    ['what is no message', Buffer.from(secret)],
    ['a second message that is none', Buffer.concat([framed('abc'), Buffer.from(secret)])],
  ])('is refused for %s', (_, bytes) => {
    expect(() => opened().push(bytes)).toThrow(expect.objectContaining({ code: 'response_coding' }));
  });

  it('that ends a message within the secret shows no more of it than 5 characters, and nothing behind a prefix that is none', () => {
    for (let length = 1; length < secret.length; length += 1) {
      const body = opened();
      const { bytes } = body.push(framed(`.${secret.slice(0, length)}`));
      expect(bytes.subarray(6).toString()).toBe(length < 6 ? secret.slice(0, length) : '*'.repeat(length));
      expect(() => body.push(Buffer.from(secret.slice(length)))).toThrow();
    }
  });

  it('that begins a message within the secret shows no more of it either', () => {
    for (let length = 1; length < secret.length; length += 1) {
      const { bytes } = opened().push(framed(`${secret.slice(-length)}.`));
      expect(bytes.subarray(5).toString()).toBe(`${length < 6 ? secret.slice(-length) : '*'.repeat(length)}.`);
    }
  });

  it('holds nothing of a message back once that is whole, though it ends like the beginning of the secret', () => {
    for (let length = 1; length < secret.length; length += 1) {
      const message = framed(`.${secret.slice(0, length)}`);
      expect(opened().push(message).bytes).toHaveLength(message.length);
    }
  });

  it('is masked in each message, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(secret), fc.constant(`<${secret}>`), plain, fc.constant('')), {
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        (messages, sizes) => {
          const body = opened();
          const bytes = Buffer.concat(messages.map((message) => framed(message)));
          const out = pieces(bytes, sizes).map((piece) => body.push(piece).bytes);
          const wanted = messages.map((message) => framed(message.replaceAll(secret, '*'.repeat(secret.length))));
          expect(Buffer.concat([...out, body.end().bytes]).equals(Buffer.concat(wanted))).toBe(true);
          expect(body.masked).toBe(messages.filter((message) => message.includes(secret)).length);
        },
      ),
    );
  });

  it('that is cut in a message or a prefix ends with what had come of it, masked', () => {
    const body = opened();
    const out = [body.push(framed(`${secret}and more`).subarray(0, 5 + secret.length)).bytes, body.end().bytes];
    expect(Buffer.concat(out).toString()).toContain('*'.repeat(secret.length));
    const other = opened();
    expect(Buffer.concat([other.push(Buffer.from([0, 0])).bytes, other.end().bytes])).toEqual(Buffer.from([0, 0]));
  });
});

describe('whether a body is one of messages', () => {
  it.each([
    ['application/grpc', [0]],
    ['application/grpc+proto; charset=x', [0]],
    ['Application/GRPC-Web+proto', [0, 0x80]],
    ['application/connect+json', [0, 2]],
    ['application/grpc-web-text', undefined],
    ['application/json', undefined],
    [undefined, undefined],
  ])('%s', (contentType, flags) => {
    expect(envelopeFlags(contentType)).toEqual(flags);
  });
});
