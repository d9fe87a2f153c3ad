import { z } from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time such as `30s` or `5m`, in milliseconds. */
export const durationOption = z
  .string()
  .regex(/^[1-9]\d{0,9}(?:ms|s|m|h)$/)
  .meta({ title: 'duration' })
  .transform((text) => Number.parseInt(text, 10) * (units[text.replace(/^\d+/, '')] ?? Number.NaN));
