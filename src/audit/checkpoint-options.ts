import { z } from 'zod';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const longest = 24 * 3_600_000;

/** Keys of a sink that signs its chain: how often. */
export const checkpointOptions = {
  checkpoint_records: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1000)
    .describe('A signed checkpoint after so many records.'),
  checkpoint_interval: z
    .string()
    .regex(/^[1-9]\d{0,4}[smh]$/)
    .meta({ title: 'duration' })
    .transform((text) => Math.min(Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 1000), longest))
    .prefault('60s')
    .describe('A signed checkpoint so long after a record that none covers yet; at most 24h.'),
};
