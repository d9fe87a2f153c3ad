import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkpointOptions } from '../../src/audit/checkpoint-options.js';

const options = z.object(checkpointOptions);

describe('how often a chain is signed', () => {
  it.each([
    { checkpoint_records: 0 },
    { checkpoint_records: 1.5 },
    { checkpoint_interval: '0s' },
    { checkpoint_interval: '5' },
    { checkpoint_interval: 60 },
    { checkpoint_interval: '5d' },
  ])('is refused as %j', (given) => {
    expect(options.safeParse(given).success).toBe(false);
  });

  it('is each 1000 records and each minute by default, and at least once a day', () => {
    expect(options.parse({})).toEqual({ checkpoint_records: 1000, checkpoint_interval: 60_000 });
    expect(options.parse({ checkpoint_interval: '5m' }).checkpoint_interval).toBe(300_000);
    expect(options.parse({ checkpoint_interval: '99999h' }).checkpoint_interval).toBe(86_400_000);
  });
});
