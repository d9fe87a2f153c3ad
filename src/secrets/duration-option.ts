import { z } from 'zod';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A length of time as configuration writes it (`30s`, `5m`, `1h`); milliseconds once read. */
export const durationOption = z
  .string()
  .regex(/^[1-9]\d{0,9}(?:ms|s|m|h)$/)
  .meta({ title: 'duration' })
  .transform((text) => {
    const unit = text.replace(/^\d+/, '') as keyof typeof units;
    return Number.parseInt(text, 10) * units[unit];
  });
