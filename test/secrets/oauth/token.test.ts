import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../../../src/core/refusal.js';
import { failureOf } from '../../../src/secrets/oauth/failure.js';
import { readToken } from '../../../src/secrets/oauth/token.js';
import { reveal } from '../../../src/secrets/seal.js';

const expected = { name: 'tracker', origin: 'id.example.com:443', type: 'bearer', exchange: undefined };
const marker = 'do-not-show-this';
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('Bearer', 'bearer', 'DPoP', 'N_A', 3600, '3600', -1, 0, null, undefined, Number.MAX_VALUE),
  fc.string().map((text) => `${marker}${text}`),
);
const members = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'id_token', 'issued_token_type'];

describe('a token response, whatever it holds,', () => {
  it('is a token for a header with a lifetime up to a day, or is refused without a word of it', () => {
    const answers = fc.record(Object.fromEntries(members.map((member) => [member, anything])), { requiredKeys: [] });
    fc.assert(
      fc.property(answers, fc.boolean(), (answer, isExchange) => {
        const exchange = isExchange ? { requestedType: undefined } : undefined;
        try {
          const { access, lifetime = 1 } = readToken({ ...expected, exchange }, answer);
          expect(reveal(access)).toMatch(/^[\x21-\x7e]+$/);
          expect(lifetime).toBeGreaterThan(0);
          expect(lifetime).toBeLessThanOrEqual(86_400_000);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(marker);
        }
      }),
    );
  });
});

describe('an answer that brings no token', () => {
  it('is refused without a word of it, whatever it holds', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      anything.map((error) => JSON.stringify({ error })),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), text, fc.boolean(), (status, rest, isRefresh) => {
        const answer = { status, headers: new Map([['retry-after', rest]]), text: rest.replace('"', `"${marker}`) };
        const refusal = failureOf({ name: 'tracker', origin: 'id.example.com:443', isRefresh }, answer, 0);
        expect(refusal.code).toBe('secret_unavailable');
        expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain(marker);
      }),
    );
  });
});
