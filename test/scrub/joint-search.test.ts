import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyScrubber, type Edges } from '../../src/scrub/body.js';
import { CodedBody } from '../../src/scrub/coded-body.js';
import { compileNeedles, joinNeedles, type Needles } from '../../src/scrub/forms.js';
import { scrubText } from '../../src/scrub/headers.js';
import { JointSearch } from '../../src/scrub/joint-search.js';
import { Search } from '../../src/scrub/search.js';
import { maskSlowly } from './reference.js';
import { cutAt, encodedAsAWhole, secretText, spelledAnyhow, surroundings, token } from './writing.js';

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
const both = (one: string, other: string): Needles =>
  joinNeedles(compileNeedles([one], []), compileNeedles([other], []));

function scrubbed(needles: Needles, chunks: readonly Buffer[], edges?: Edges): string {
  const scrubber = new BodyScrubber(needles, 'text/plain', edges);
  const out = chunks.map((chunk) => Buffer.from(scrubber.push(chunk)));
  return Buffer.concat([...out, scrubber.end()]).toString('latin1');
}

/** Two values, of which one may begin with the end of the other, and text that holds both in any spelling, or nearly. */
const texts = (secret: fc.Arbitrary<string>) =>
  fc.tuple(secret, secret, fc.boolean()).chain(([one, second, overlaps]) => {
    const other = overlaps ? one.slice(-10) + second : second;
    return fc.record({
      one: fc.constant(one),
      other: fc.constant(other),
      pieces: fc.array(
        fc.oneof(
          surroundings,
          spelledAnyhow(one),
          spelledAnyhow(other),
          encodedAsAWhole(one),
          encodedAsAWhole(other),
          fc.constant(one + second),
          fc.constant(one.slice(0, -1)),
        ),
        { minLength: 1, maxLength: 5 },
      ),
      places: cuts,
    });
  });

describe('two searches as one', () => {
  it.each([
    ['hard values', secretText(16, 24)],
    ['real-looking values', token],
    ['short values', secretText(8, 15)],
  ])(
    'mask %s of both wherever they stand, also where they overlap, and nothing else, however the bytes are cut',
    (_, values) => {
      fc.assert(
        fc.property(texts(values), ({ one, other, pieces, places }) => {
          const text = pieces.join('');
          const bytes = Buffer.from(text, 'latin1');
          const expected = maskSlowly(text, [one, other]);
          for (const needles of [both(one, other), both(other, one)]) {
            expect(scrubbed(needles, [bytes])).toBe(expected);
            expect(scrubbed(needles, cutAt(bytes, places))).toBe(expected);
            expect(scrubText(text, needles).text).toBe(expected);
          }
        }),
        { numRuns: 50 },
      );
    },
  );

  it('find at the edges of a range what one for all forms finds', () => {
    const edges = { start: true, end: true };
    fc.assert(
      fc.property(
        texts(token),
        fc.nat({ max: 60 }),
        fc.nat({ max: 60 }),
        ({ one, other, pieces, places }, from, to) => {
          const text = pieces.join('');
          const bytes = Buffer.from(text.slice(from, text.length - to), 'latin1');
          const inOne = compileNeedles([one, other], []);
          for (const chunks of [[bytes], cutAt(bytes, places)])
            expect(scrubbed(both(one, other), chunks, edges)).toBe(scrubbed(inOne, chunks, edges));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('have the forms of both, and count what overlaps once', () => {
    const [one, other] = ['abcdefghijklmnop', 'ijklmnopqrstuvwx'].map((text) => Buffer.from(text)) as [Buffer, Buffer];
    const joint = new JointSearch(new Search([one]), new Search([other]));
    expect(joint.forms).toEqual([one, other]);
    expect(joint.find(Buffer.from('..abcdefghijklmnopqrstuvwx..abcdefgh'))).toEqual({
      ranges: [2, 26],
      open: 28,
      edge: 28,
    });
    expect(joint.find(Buffer.from('nothing'))).toEqual({ ranges: [], open: 7, edge: 7 });
  });

  it('mask both in a content coding', async () => {
    const [one, other] = [randomBytes(20).toString('hex'), randomBytes(32).toString('hex')] as [string, string];
    const text = `{"key":"${one}","signature":"${other}","both":"${btoa(one + other)}"}`;
    const body = new CodedBody('gzip', both(one, other), 'application/json');
    const outcomes = [await body.push(gzipSync(text)), await body.end()];
    const sent = Buffer.concat(outcomes.map(({ bytes }) => bytes)).toString();
    expect(outcomes.at(-1)?.head).toBe('uncoded');
    expect(sent).toBe(maskSlowly(text, [one, other]));
    expect(sent).not.toContain(one);
    body.close();
  });
});
