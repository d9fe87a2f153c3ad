import { UsageError } from '../core/usage-error.js';
import type { Placeholders } from './placeholder.js';
import { secretsOf, type Reference } from './template.js';

/** Placeholders replaced at one place of one request; a client that sends more does not mean well, and gets none. */
export const mostOccurrences = 4;

/** A client's placeholder, and what stands for it. */
export interface Substitution {
  readonly placeholder: string;
  readonly reference: Reference;
}

/** What a client may send for these references. A secret without a placeholder for this client is left out. */
export function substitutionsFor(
  references: readonly Reference[],
  client: string,
  placeholders: Placeholders,
): readonly Substitution[] {
  return references.flatMap((reference) => {
    const placeholder = placeholders.of(client, reference.secret);
    return placeholder === undefined ? [] : [{ placeholder, reference }];
  });
}

/** How often a text holds one of the placeholders. */
export function occurrencesIn(text: string, substitutions: readonly Substitution[]): number {
  return substitutions.reduce((sum, { placeholder }) => sum + text.split(placeholder).length - 1, 0);
}

/** The text with each placeholder replaced, and everything else as the client sent it. */
export function substituted(
  text: string,
  substitutions: readonly Substitution[],
  fill: (reference: Reference) => string,
): string {
  return substitutions.reduce(
    (sofar, { placeholder, reference }) =>
      sofar.includes(placeholder) ? sofar.split(placeholder).join(fill(reference)) : sofar,
    text,
  );
}

/** A placeholder stands for a secret, not for a field of it: a template must leave no choice. Throws `UsageError`. */
export function requireOneFieldEach(references: readonly Reference[]): void {
  if (secretsOf(references).length < references.length) {
    throw new UsageError('in mode substitute a template names each secret once.');
  }
}
