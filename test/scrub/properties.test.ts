import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyScrubber, type Edges } from '../../src/scrub/body.js';
import { compileNeedles, type Needles } from '../../src/scrub/forms.js';
import { scrubText } from '../../src/scrub/headers.js';
import { maskSlowly } from './reference.js';
import { cutAt, encodedAsAWhole, secretText, spelledAnyhow, surroundings, token } from './writing.js';

const places = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });

function scrubbed(needles: Needles, chunks: readonly Buffer[], edges?: Edges): string {
  const scrubber = new BodyScrubber(needles, undefined, edges);
  const out = chunks.map((chunk) => Buffer.from(scrubber.push(chunk)));
  return Buffer.concat([...out, scrubber.end()]).toString('latin1');
}

const texts = (secret: fc.Arbitrary<string>) =>
  secret.chain((value) =>
    fc.record({
      secret: fc.constant(value),
      pieces: fc.array(
        fc.oneof(surroundings, spelledAnyhow(value), encodedAsAWhole(value), fc.constant(value.slice(0, -1))),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
      places,
    }),
  );

describe('against a slow reference', () => {
  it.each([
    ['hard secrets of 16 bytes and more', secretText(16, 24)],
    [
      'secrets of few different characters',
      fc.string({ unit: fc.constantFrom('%', '2', '5', 'a'), minLength: 16, maxLength: 20 }),
    ],
    ['real-looking secrets', token],
    ['short secrets', secretText(8, 15)],
  ])('%s are masked wherever they stand, and nothing else is, however the bytes are cut', (_, secret) => {
    fc.assert(
      fc.property(texts(secret), ({ secret: value, pieces, places: cuts }) => {
        const text = pieces.join('');
        const expected = maskSlowly(text, [value]);
        const bytes = Buffer.from(text, 'latin1');
        const needles = compileNeedles([value], []);
        expect(scrubbed(needles, [bytes])).toBe(expected);
        expect(scrubbed(needles, cutAt(bytes, cuts))).toBe(expected);
        expect(scrubText(text, needles).text).toBe(expected);
      }),
      { numRuns: 250 },
    );
  });

  it('cuts at every single position make no difference', () => {
    fc.assert(
      fc.property(
        token.chain((value) => fc.tuple(fc.constant(value), surroundings, spelledAnyhow(value), surroundings)),
        ([value, before, spelled, after]) => {
          const bytes = Buffer.from(before + spelled + after, 'latin1');
          const needles = compileNeedles([value], []);
          const expected = scrubbed(needles, [bytes]);
          expect(expected.slice(before.length, before.length + spelled.length)).toBe('*'.repeat(spelled.length));
          for (let cut = 1; cut < bytes.length; cut += 1) expect(scrubbed(needles, cutAt(bytes, [cut]))).toBe(expected);
          expect(
            scrubbed(
              needles,
              [...bytes].map((byte) => Buffer.of(byte)),
            ),
          ).toBe(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('cuts make no difference at the edges of a range either, which begins and ends within an escape, too', () => {
    const written = token.chain((value) => fc.tuple(fc.constant(value), spelledAnyhow(value), surroundings));
    fc.assert(
      fc.property(
        written,
        fc.nat({ max: 30 }),
        fc.nat({ max: 30 }),
        places,
        ([value, spelled, after], from, to, cuts) => {
          const text = spelled + after;
          const bytes = Buffer.from(text.slice(from, text.length - to), 'latin1');
          const needles = compileNeedles([value], []);
          const expected = scrubbed(needles, [bytes], { start: true, end: true });
          for (const chunks of [
            cutAt(bytes, cuts),
            cutAt(bytes, [1, 2, 3, 5, 8]),
            [...bytes].map((byte) => Buffer.of(byte)),
          ])
            expect(scrubbed(needles, chunks, { start: true, end: true })).toBe(expected);
        },
      ),
      { numRuns: 250 },
    );
  });

  it('several secrets, some within another, are all masked', () => {
    fc.assert(
      fc.property(texts(token), token, ({ secret, pieces, places: cuts }, other) => {
        const secrets = [secret, other, `${other}${secret}`, secret.slice(0, 12)];
        const text = [...pieces, other, secret].join('');
        const bytes = Buffer.from(text, 'latin1');
        expect(scrubbed(compileNeedles(secrets, []), cutAt(bytes, cuts))).toBe(maskSlowly(text, secrets));
      }),
      { numRuns: 40 },
    );
  });

  it('characters beyond ASCII are found as UTF-8 and as one or two escapes', () => {
    const secret = 'pâsswörd-😀-größer';
    const needles = compileNeedles([secret], []);
    const escaped = Array.from(secret).map((c) =>
      c.length === 2 ? '\\ud83d\\ude00' : c > '~' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
    );
    for (const text of [secret, escaped.join(''), encodeURIComponent(secret), secret.replaceAll('ö', '&#246;')]) {
      const bytes = Buffer.from(`<${text}>`);
      expect(scrubbed(needles, [bytes])).toBe(`<${'*'.repeat(bytes.length - 2)}>`);
    }
  });
});
