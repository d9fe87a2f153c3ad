import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CodedBody } from '../../src/scrub/coded-body.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { encoders, sendThrough } from '../scrub/coded.js';
import { maskSlowly } from '../scrub/reference.js';
import { cutAt, encodedAsAWhole, secretText, spelledAnyhow, surroundings, token } from '../scrub/writing.js';

const texts = fc.oneof(token, secretText(16, 24), secretText(8, 15)).chain((secret) =>
  fc.record({
    secret: fc.constant(secret),
    pieces: fc.array(
      fc.oneof(
        surroundings,
        surroundings,
        spelledAnyhow(secret),
        encodedAsAWhole(secret),
        fc.constant(secret.slice(0, -1)),
      ),
      { maxLength: 5 },
    ),
    cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
    release: fc.oneof(fc.constant(Infinity), fc.nat({ max: 5 })),
  }),
);

describe.each(encoders)('an answer in $name, against a slow reference', ({ coding, encode }) => {
  it('goes on as it came exactly where nothing is to be masked, else uncoded and masked, or it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async ({ secret, pieces, cuts, release }) => {
        const text = pieces.join('');
        const expected = maskSlowly(text, [secret]);
        const sent = encode(Buffer.from(text, 'latin1'));
        // A form that stands in the coded bytes, as it can without compression (with a byte of the checksum, even), is found there, too.
        const coded = sent.toString('latin1');
        const clean = expected === text && maskSlowly(coded, [secret]) === coded;
        const body = new CodedBody(coding, compileNeedles([secret], []), 'text/plain');
        const { head, bytes, failed } = await sendThrough(body, cutAt(sent, cuts), release);
        // One that is there only as a checksum makes it is in nothing that a reader gets: it may pass, or be found.
        if (expected === text && !clean && failed === undefined && bytes.equals(sent)) return;
        if (clean) {
          expect([head, failed, bytes.equals(sent)]).toEqual(['as-is', undefined, true]);
        } else if (head === 'as-is') {
          expect([failed, release !== Infinity, sent.subarray(0, bytes.length).equals(bytes)]).toEqual([
            'answer_cut',
            true,
            true,
          ]);
          expect(bytes.length).toBeLessThan(sent.length);
        } else {
          expect([head, failed, bytes.toString('latin1')]).toEqual(['uncoded', undefined, expected]);
        }
      }),
      { numRuns: 120 },
    );
  }, 30_000);
});
