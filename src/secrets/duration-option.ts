import { z } from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration among the options of a source, in milliseconds once it is read. */
export const durationOption = z
  .string()
  .regex(/^[1-9]\d{0,9}(?:ms|s|m|h)$/)
  .meta({ title: 'duration' })
  .transform((text) => Number.parseInt(text, 10) * (units[text.replace(/^\d+/, '')] ?? 1));
