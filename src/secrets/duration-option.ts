import type { z } from 'zod';
import { allowed, textOption } from './allowed.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const pattern = /^[1-9]\d{0,9}(?:ms|s|m|h)$/;

/** A length of time such as `30s` or `5m`, in milliseconds. */
export const durationOption = textOption(pattern, 'a duration such as 250ms, 30s, 5m or 1h')
  .meta({ title: 'duration' })
  .transform(parse);

/** The same for what takes not every length: milliseconds, or whole seconds where `step` is 1000. */
export function durationBetween(
  { least, most, step = 1 }: { readonly least: number; readonly most: number; readonly step?: number },
  words: string,
): z.ZodType<number, string> {
  const fits = (time: number): boolean => time >= least && time <= most && time % step === 0;
  return textOption(pattern, words)
    .refine((text) => fits(parse(text)), allowed(words))
    .meta({ title: 'duration' })
    .transform(parse);
}

function parse(text: string): number {
  return Number.parseInt(text, 10) * (units[text.replace(/^\d+/, '')] ?? Number.NaN);
}
