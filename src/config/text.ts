import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import { expected, foundButAllowed } from './messages.js';

/** What a text stands for: its name in the manual (JSON Schema's `title`), and what is allowed, in words. */
export interface TextAbout {
  readonly title: string;
  readonly allowed: string;
  readonly pattern?: RegExp;
}

/** A text, read by a function that throws a `UsageError` or a `Refusal` with a reason for what it cannot read. */
export function text<T>(
  { title, allowed, pattern = /^[^]+$/ }: TextAbout,
  read: (value: string) => T,
): z.ZodType<T, string> {
  const error = expected(allowed);
  return z
    .string({ error })
    .regex(pattern, { error })
    .meta({ title })
    .transform((value, context) => {
      try {
        return read(value);
      } catch (failure) {
        context.addIssue({ code: 'custom', message: foundButAllowed(value, `${allowed}${reasonOf(failure)}`) });
        return z.NEVER;
      }
    });
}

/** Our readers' messages end with the reason; what stands before it repeats the value, which may not be for showing. */
function reasonOf(failure: unknown): string {
  if (failure instanceof Refusal) return typeof failure.cause === 'string' ? ` (${failure.cause})` : '';
  if (!(failure instanceof UsageError)) throw failure;
  const [, reason] = /^.* cannot be used: (.*?)\.?$/s.exec(failure.message) ?? [];
  return reason === undefined ? '' : ` (${reason})`;
}

/** The name of something in the configuration: it stands in templates, in `Proxy-Authorization: Basic name:token` and in the audit. */
export const nameText = text(
  {
    title: 'name',
    allowed: 'a name of 1 to 64 letters, digits, "_" and "-" that begins with a letter or digit',
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
  },
  (value) => value,
);

/** A path in the file system, relative to the folder of the configuration file. */
export function filePath(folder: string): z.ZodType<string, string> {
  const allowed = 'a path, relative to the folder of the configuration file or absolute';
  return text({ title: 'path', allowed, pattern: /^[^\0]+$/ }, (value) =>
    isAbsolute(value) ? value : resolve(folder, value),
  );
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const binaryUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
/** What a timer of Node's can hold; beyond it fires at once. */
const longestTimer = 2 ** 31 - 1;

export const durationText = text(
  {
    title: 'duration',
    allowed: 'a duration from 1ms to 596h, such as 250ms, 30s, 5m or 1h',
    pattern: /^[1-9]\d{0,9}(?:ms|s|m|h)$/,
  },
  (value) => within(parseUnits(value, units), longestTimer),
);

/** A duration that may also be none at all. */
export const pauseText = text(
  {
    title: 'duration',
    allowed: 'a duration up to 596h, such as 0s, 250ms, 30s or 5m',
    pattern: /^(?:0|[1-9]\d{0,9})(?:ms|s|m|h)$/,
  },
  (value) => within(parseUnits(value, units), longestTimer),
);

export const sizeText = text(
  {
    title: 'size',
    allowed: 'a size from 1B to 1024GiB, such as 512B, 64KiB or 10MiB',
    pattern: /^[1-9]\d{0,9}(?:B|KiB|MiB|GiB)$/,
  },
  (value) => within(parseUnits(value, binaryUnits), 1024 ** 4),
);

export const countNumber = z
  .number({ error: expected('a whole number from 1 to 1000000') })
  .int({ error: expected('a whole number from 1 to 1000000') })
  .min(1, { error: expected('a whole number from 1 to 1000000') })
  .max(1_000_000, { error: expected('a whole number from 1 to 1000000') })
  .meta({ title: 'count' });

export function formatDuration(milliseconds: number): string {
  return formatUnits(milliseconds, units);
}

export function formatSize(bytes: number): string {
  return formatUnits(bytes, binaryUnits);
}

function parseUnits(value: string, table: Readonly<Record<string, number>>): number {
  const [, digits = '', unit = ''] = /^(\d+)(\w+)$/.exec(value) ?? [];
  return Number(digits) * (table[unit] ?? Number.NaN);
}

function within(value: number, most: number): number {
  if (value > most) throw new UsageError('The value cannot be used: it is too large.');
  return value;
}

/** In the largest unit that needs no fraction. */
function formatUnits(value: number, table: Readonly<Record<string, number>>): string {
  const [unit = '', factor = 1] = Object.entries(table).findLast(([, size]) => value % size === 0) ?? [];
  return `${value / factor}${unit}`;
}
