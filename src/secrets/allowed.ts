import { z } from 'zod';
import { beginsLikeKey } from '../core/key-shape.js';

type Raw = Parameters<z.core.$ZodErrorMap>[0];

interface Words {
  readonly error: (issue: Raw) => string | undefined;
}

/** What is allowed, in words. What was found is put before it by the configuration, which knows what may be shown. */
export function allowed(words: string): Words {
  return { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : `allowed is ${words}`) };
}

/** The same for an option that is mistaken for the place of a secret: of what was found nothing is shown, however short it is. */
export function allowedUnseen(words: string): Words {
  return {
    error: ({ input }) =>
      isPlain(input)
        ? `found a ${typeof input === 'number' ? 'number' : 'text'} (not shown: it could be a secret); allowed is ${words}`
        : `allowed is ${words}`,
  };
}

/** A text of some form, with words for it. */
export function textOption(pattern: RegExp, words: string): z.ZodString {
  return z.string(allowed(words)).regex(pattern, allowed(words));
}

/** A name of something elsewhere, which messages may repeat: the key that it stands for is not taken for it. */
export function nameOption(pattern: RegExp, words: string): z.ZodString {
  return textOption(pattern, words).refine((text) => !beginsLikeKey(text), allowed(words));
}

/** A text of some form that is never shown where it has another. */
export function unseenTextOption(pattern: RegExp, words: string): z.ZodString {
  return z.string(allowedUnseen(words)).regex(pattern, allowedUnseen(words));
}

/** A value by itself; of lists and sets of keys the configuration tells no more than that they are some. */
function isPlain(input: unknown): boolean {
  return typeof input === 'number' || (typeof input === 'string' && input !== '');
}
