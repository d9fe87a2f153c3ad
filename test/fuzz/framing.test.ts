import { describe, expect, it } from '@jest/globals';
import { fuzzFraming } from './framing.js';

const seconds = Number(process.env['KEYWRIGHT_FUZZ_SECONDS'] ?? (process.env['CI'] === 'true' ? 60 : 10));
// The same each time: a check has to be one that can be done again. New ones are tried by hand (`npm run fuzz`).
const seed = Number(process.env['KEYWRIGHT_SEED'] ?? 20_261_128);

describe('conversations made up from a seed', () => {
  it(
    'reach the destination as they were sent or not at all, and each caller gets its own answers',
    async () => {
      const { failure, arrivals } = await fuzzFraming(seed, seconds * 1000);
      expect(failure).toBeUndefined();
      // A run that reaches nothing shows nothing.
      expect(arrivals).toBeGreaterThan(seconds * 10);
    },
    seconds * 1000 + 30_000,
  );
});
