import type { Substitution } from './substitution.js';
import type { Reference } from './template.js';

/** Finds and replaces placeholders in a part of a URL, in which any of their characters may be percent-encoded. */
export interface UrlSubstitution {
  /** How often the text holds one of the placeholders. */
  readonly occurrences: (text: string, substitutions: readonly Substitution[]) => number;
  /** The text with each placeholder replaced, and everything else as the client sent it. */
  readonly substituted: (
    text: string,
    substitutions: readonly Substitution[],
    fill: (reference: Reference) => string,
  ) => string;
}

/** One for a place: it keeps what it has compiled, which is bounded by the placeholders that there are. */
export function openUrlSubstitution(): UrlSubstitution {
  const compiled = new Map<string, RegExp>();
  const spellingOf = (placeholder: string): RegExp => {
    const spelling = compiled.get(placeholder) ?? anySpelling(placeholder);
    compiled.set(placeholder, spelling);
    return spelling;
  };
  return {
    occurrences: (text, substitutions) =>
      substitutions.reduce((sum, { placeholder }) => sum + (text.match(spellingOf(placeholder))?.length ?? 0), 0),
    substituted: (text, substitutions, fill) =>
      substitutions.reduce(
        (sofar, { placeholder, reference }) => sofar.replace(spellingOf(placeholder), () => fill(reference)),
        text,
      ),
  };
}

/**
 * Never right behind the beginning of an escape: `%` and `%2` in front of a placeholder would make an escape of the first characters
 * of the value, `%2F` say. Such a placeholder is not found, and the request refused.
 */
function anySpelling(placeholder: string): RegExp {
  const characters = Array.from(placeholder, (char) => {
    const code = char.charCodeAt(0).toString(16).padStart(2, '0');
    const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${char.replace(/[^A-Za-z0-9]/, `\\x${code}`)}|%${digits})`;
  });
  return new RegExp(`(?<!%[0-9A-Fa-f]?)${characters.join('')}`, 'g');
}
