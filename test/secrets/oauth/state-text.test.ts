import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Reason } from '../../../src/core/reason.js';
import { successorIn, withSuccessor } from '../../../src/secrets/oauth/state-text.js';
import { reveal, seal } from '../../../src/secrets/seal.js';

const sealed = (value: string) => seal('first', value);
const token = fc.string({ minLength: 1, unit: 'grapheme-ascii' });

describe('the text of the state', () => {
  it('is refused with a reason, and with nothing of its own, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        let found: unknown;
        try {
          found = successorIn(text, 'consent', sealed('first'));
        } catch (error) {
          found = error;
        }
        expect(found).toBeInstanceOf(Reason);
        if (text.length > 12) expect(String(found)).not.toContain(text);
      }),
    );
  });

  it('is refused where any byte of what it holds is another one', () => {
    const text = withSuccessor(undefined, 'consent', sealed('first'), sealed('newest token'));
    const { entries } = JSON.parse(text) as { entries: { sealed: string }[] };
    const bytes = Buffer.from(entries[0]!.sealed, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= mask;
        const bad = text.replace(entries[0]!.sealed, changed.toString('base64'));
        expect(() => successorIn(bad, 'consent', sealed('first'))).toThrow('was changed or damaged');
      }),
    );
    for (const length of [0, 15, 43, bytes.length - 1]) {
      const cut = text.replace(entries[0]!.sealed, bytes.subarray(0, length).toString('base64'));
      expect(() => successorIn(cut, 'consent', sealed('first'))).toThrow('was changed or damaged');
    }
  });

  it('cannot be moved to another secret', () => {
    const text = withSuccessor(undefined, 'consent', sealed('first'), sealed('newest'));
    const moved = text.replace('"consent"', '"other"');
    expect(() => successorIn(moved, 'other', sealed('first'))).toThrow('was changed or damaged');
  });

  it('gives back what followed each first token, and nothing to another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(token, { minLength: 2, maxLength: 4 }), token, (firsts, newest) => {
        const [stranger = '', ...known] = firsts;
        let text: string | undefined;
        for (const [i, first] of known.entries()) {
          text = withSuccessor(text, 'consent', sealed(first), sealed(`${newest}${i}`));
          // Written again, it is one entry still.
          text = withSuccessor(text, 'consent', sealed(first), sealed(`${newest}${i}`));
        }
        for (const [i, first] of known.entries()) {
          expect(reveal(successorIn(text, 'consent', sealed(first))!)).toBe(`${newest}${i}`);
        }
        expect(successorIn(text, 'consent', sealed(stranger))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('holds what followed the last four', () => {
    let text: string | undefined;
    for (let i = 0; i < 6; i += 1) text = withSuccessor(text, 'consent', sealed(`first ${i}`), sealed(`newest ${i}`));
    const known = [0, 1, 2, 3, 4, 5].filter((i) => successorIn(text, 'consent', sealed(`first ${i}`)) !== undefined);
    expect(known).toEqual([2, 3, 4, 5]);
  });
});
