import { coreLength } from './marker.js';
import type { Substitution } from './substitution.js';
import type { Reference } from './template.js';

/** How text is written within a body of one kind. */
export interface Spelling {
  readonly write: (text: string) => string;
  /** A regular expression for how a character of a placeholder may be written; what `write` makes of it where left out. */
  readonly character?: (character: string) => string;
  /** A regular expression for what stands for a character by more than one, and is read as a whole. */
  readonly escape?: string;
}

/** Between the quotes of a JSON string. */
export const inJson: Spelling = {
  write: (text) => JSON.stringify(text).slice(1, -1),
  escape: '\\\\(?:u[0-9a-fA-F]{4}|.)',
};

/** In a name or value of a form: encoders agree on letters and digits alone. */
export const inForm: Spelling = {
  write: (text) =>
    Buffer.from(text)
      .toString('latin1')
      .replace(/[^\w.-]/g, percentEncoded),
  character: (one) => (/[a-z0-9]/i.test(one) ? one : `(?:${literal(one)}|${inEitherCase(percentEncoded(one))})`),
  escape: '%[0-9a-fA-F]{2}',
};

/** In text or in the value of an attribute. */
export const inXml: Spelling = {
  write: (text) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`),
};

export const verbatim: Spelling = { write: (text) => text };

/**
 * The text with each placeholder in it replaced, and how many there were. It is read as a reader does, one character or escape after the
 * other: in JSON `\npm_…` holds the letters of `npm_…`, and `\u000dec…` those of `0dec…`, but not the text.
 */
export function replaceSpelled(
  text: string,
  substitutions: readonly Substitution[],
  { write, character = (one) => literal(write(one)), escape = '(?!)' }: Spelling,
  fill: (reference: Reference) => string,
): { readonly text: string; readonly count: number } {
  const patterns = substitutions.map(({ placeholder }) => Array.from(placeholder, character).join(''));
  const exact = patterns.map((pattern) => new RegExp(`^${pattern}$`));
  let count = 0;
  const replaced = text.replace(new RegExp([...patterns, escape].join('|'), 'gs'), (unit) => {
    // There may be a million escapes.
    const which = unit.length < coreLength ? -1 : exact.findIndex((pattern) => pattern.test(unit));
    const substitution = substitutions[which];
    if (substitution === undefined) return unit;
    count += 1;
    return write(fill(substitution.reference));
  });
  return { text: replaced, count };
}

function literal(text: string): string {
  return text.replace(/\W/g, '\\$&');
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function inEitherCase(escape: string): string {
  return escape.replace(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`);
}
